/** A bug of ours, told as one. */
import { type Rejection, reject } from '../errors/catalogue.js';

export function internal(problem: unknown): Rejection {
  return reject('INTERNAL', {
    message: 'The emulator failed. This is our bug, not a fault of the request.',
    in: null,
    pointer: null,
    expected: 'an answer',
    received: problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem),
    remedy: 'Report it with this trace: it is no behaviour of CXone, and nothing of this request was kept.',
  });
}
