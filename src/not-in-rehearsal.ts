/** The caller of a rehearsal, which calls nobody outside: an explanation has no consequences. */
import type { OutsideCaller } from './studio/rest/outside-call.js';

export const notInRehearsal: OutsideCaller = ({ url }) =>
  Promise.resolve({
    failure: {
      code: 'REST_CALL_FAILED',
      message: 'Where a request is only explained, nobody outside is called.',
      expected: 'an answer of the other side',
      received: `none: ${url.host} was not called`,
      remedy: 'Send the request itself to see what becomes of the call.',
    },
  });
