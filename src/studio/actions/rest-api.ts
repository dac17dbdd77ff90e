/** RESTAPI: the REST API action, which NiCE prefers: JSON only, on one line, tried twice, behind a circuit breaker. */
import type { ActionType } from '../action.js';
import { prepareRest, REST_SETTINGS } from './rest.js';

/** In seconds (assumed). */
const TIMEOUT = 10;

export const RESTAPI: ActionType = {
  name: 'RESTAPI',
  summary:
    'Calls `url` (`method`, `headers`, `body` as an object or `bodyText`, `timeout` in seconds up to 90). JSON on one line, at most 32 KB back, two tries, 100 at a time, a circuit breaker. Sets `response` (or the variable `into`), `responseHeaders`, `__httpstatuscode`, `__httpstatusdescription`, `__traceid`.',
  provenance: 'doc',
  settings: REST_SETTINGS,
  required: ['url'],
  branches: [],
  prepare: (preparation) =>
    prepareRest(preparation, {
      kind: 'RESTAPI',
      contentType: 'application/json',
      read: 'json',
      timeout: TIMEOUT,
      leave(run, { status, statusText, headers }) {
        run.set('responseHeaders', headers);
        // Absent where there was no valid response (doc).
        run.set('__httpstatuscode', status === -1 ? undefined : status);
        run.set('__httpstatusdescription', status === -1 ? undefined : statusText);
      },
    }),
};
