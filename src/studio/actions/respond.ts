/** RESPOND: what the caller of a webhook is answered. */
import type { ActionType } from '../action.js';
import { HEADER_NAME, headerOf, numberOf, textOf } from './settings.js';

/** Headers that frame a message, or belong to the connection. */
const OURS =
  /^(?:content-length|transfer-encoding|connection|keep-alive|upgrade|trailer|te|content-encoding|x-emulator-.*|proxy-.*)$/i;

export const RESPOND: ActionType = {
  name: 'RESPOND',
  summary:
    'Answers the webhook: `status` (200), `headers`, and `body` (sent as JSON) or `bodyText`. The script may go on afterwards; without `next` it ends.',
  provenance: 'emulator',
  settings: {
    status: {
      anyOf: [
        { type: 'integer', minimum: 200, maximum: 599 },
        { type: 'string', pattern: '\\{\\{' },
      ],
    },
    headers: { type: 'object', propertyNames: HEADER_NAME },
    body: {},
    bodyText: { type: 'string' },
  },
  required: [],
  branches: [],
  ends: 'unconnected',
  prepare(preparation) {
    const [status, headers, body, bodyText] = ['status', 'headers', 'body', 'bodyText'].map((name) => preparation.template(name));
    for (const name of Object.keys(preparation.settings.headers ?? {}))
      if (OURS.test(name)) preparation.fault(['headers', name], `${name} is set by the emulator itself: leave it out`);
    if (body !== undefined && bodyText !== undefined) preparation.fault(['bodyText'], 'body and bodyText cannot stand together');
    return (run) => {
      const scope = run.scope();
      const code = Math.trunc(numberOf('status', status?.(scope) ?? 200, 200, 599));
      const heard = run.respond({
        status: code,
        headers: {
          ...(bodyText === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
          ...Object.fromEntries(
            Object.entries(headers?.(scope) ?? {}).map(([name, value]) => [
              name.toLowerCase(),
              headerOf(`headers.${name}`, value),
            ]),
          ),
        },
        ...(bodyText === undefined
          ? { body: body === undefined ? {} : body(scope) }
          : { text: textOf('bodyText', bodyText(scope)) }),
      });
      return {
        branch: 'Default',
        message: heard ? `The caller is answered ${String(code)}.` : 'Nobody waits for an answer (any more).',
      };
    };
  },
};
