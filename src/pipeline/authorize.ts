/** Stage 3, authorize: looks at the token that the operation asks for. /api/v2 takes any request, and says so. */
import type { Exchange } from './exchange.js';

export function authorize(exchange: Exchange): void {
  if (exchange.operation?.takesToken !== true) return;
  if (exchange.header('authorization') === undefined) return;
  exchange.warn('TOKEN_NOT_CHECKED', {
    message: 'A token came, and nobody checked it.',
    in: 'header',
    pointer: '/authorization',
    expected: 'nothing: this operation takes any request here',
    received: 'a token',
    remedy:
      'CXone checks it: a token that is missing, expired or of another tenant is refused there with 401 or 403, though it passes here.',
  });
}
