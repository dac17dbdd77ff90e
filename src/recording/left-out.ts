/** Which exchanges no step can repeat, and why. */
import type { Recorded } from './recorded.js';
import { sentBy } from './references.js';
import { unsendable } from './request-step.js';

/** In words, by the place of the exchange. */
export function reasonsToLeaveOut(recorded: readonly Recorded[]): Map<number, string> {
  const reasons = new Map<number, string>();
  let revoked = false;
  for (const [index, one] of recorded.entries()) {
    if (one.operation?.operationId === 'revokeTokens') revoked = true;
    const code = one.answer.cause?.code;
    const reason =
      code === 'TENANT_MISMATCH'
        ? 'its token belongs to another tenant, which a scenario has none of'
        : code === 'TOKEN_EXPIRED' && !(revoked && issuedIn(recorded.slice(0, index), one))
          ? 'its token was good no more, and no step makes one like it'
          : unsendable(one);
    if (reason !== undefined) reasons.set(index, reason);
  }
  return reasons;
}

/** Whether an earlier answer issued a token that this one sends. */
function issuedIn(earlier: readonly Recorded[], one: Recorded): boolean {
  const tokens = sentBy(one).filter((value) => value.startsWith('eyJ'));
  return tokens.some((token) => earlier.some(({ answer }) => answer.body?.includes(token)));
}
