/** RESTPROXY: what a SNIPPET does with `GetRESTProxy()`, which sends form data unless it is told otherwise. */
import type { ActionType } from '../action.js';
import type { RestSettings } from '../rest/rest-call.js';
import { prepareRest, REST_SETTINGS } from './rest.js';

/** In seconds (doc: ProxyTimeoutSeconds). */
const TIMEOUT = 10;

/** As `MakeRestRequest` numbers them, and in words (doc); `as text` is for XML, which stays a text here. */
const PARSERS: Readonly<Record<string, RestSettings['read']>> = {
  JSON: 'json',
  XML: 'text',
  'JSON, ignore the body': 'nothing',
  'XML, ignore the body': 'nothing',
};

export const RESTPROXY: ActionType = {
  name: 'RESTPROXY',
  summary:
    'As `GetRESTProxy()` does it: `application/x-www-form-urlencoded` unless `contentType` (or a header) says otherwise, 10 s, one try, at most 32 KB back; `parser`: `JSON`, `XML` (stays a text), `JSON, ignore the body`. Sets `response` (or `into`), `StatusCode` (−1 where there was no valid response), `StatusDescription`, `__traceid`. That a failure takes `OnError` is assumed: in Studio the snippet goes on.',
  provenance: 'doc',
  settings: {
    ...REST_SETTINGS,
    contentType: { type: 'string', minLength: 1 },
    parser: { enum: [0, 1, 2, 3, ...Object.keys(PARSERS)] },
  },
  required: ['url'],
  branches: [],
  prepare(preparation) {
    const { contentType, parser } = preparation.settings;
    const named = typeof parser === 'number' ? Object.values(PARSERS)[parser] : PARSERS[(parser ?? 'JSON') as string];
    return prepareRest(preparation, {
      kind: 'RESTPROXY',
      contentType: (contentType ?? 'application/x-www-form-urlencoded') as string,
      read: named ?? 'json',
      timeout: TIMEOUT,
      leave(run, { status, statusText }) {
        run.set('StatusCode', status);
        run.set('StatusDescription', statusText);
      },
    });
  },
};
