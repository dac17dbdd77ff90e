/** Which exchanges no step can repeat, and why. */
import { bodyOf } from './bodies.js';
import { parsedJson } from './json-text.js';
import { jsonOf, type Recorded } from './recorded.js';
import { sentBy } from './references.js';
import { unsendable } from './request-step.js';

/** In words, by the place of the exchange. */
export function reasonsToLeaveOut(recorded: readonly Recorded[]): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const [index, one] of recorded.entries()) {
    const code = one.answer.cause?.code;
    const reason =
      code === 'TENANT_MISMATCH'
        ? 'its token belongs to another tenant, which a scenario has none of'
        : code === 'TOKEN_EXPIRED' && !isMadeBad(recorded.slice(0, index), one)
          ? 'its token was good no more, and no step makes one like it'
          : wantsTokenFromBefore(recorded.slice(0, index), one, (earlier) => reasons.has(earlier))
            ? 'its refresh token is one from before, and no step makes one like it'
            : unsendable(one);
    if (reason !== undefined) reasons.set(index, reason);
  }
  return reasons;
}

/** Whether it got tokens for a refresh token that no step is answered with. */
function wantsTokenFromBefore(earlier: readonly Recorded[], one: Recorded, isLeftOut: (index: number) => boolean): boolean {
  if (!isDone(one, 'issueToken')) return false;
  const sent = sentBy(one);
  if (!sent.includes('refresh_token')) return false;
  const tokens = sent.filter((value) => value.startsWith('eyJ'));
  return !earlier.some(({ answer }, index) => !isLeftOut(index) && tokens.some((token) => answer.body?.includes(token)));
}

/** Whether steps make its token as bad as it was: an earlier answer issued it, and then it was revoked, or the clock moved on. */
function isMadeBad(earlier: readonly Recorded[], one: Recorded): boolean {
  const tokens = sentBy(one).filter((value) => value.startsWith('eyJ'));
  return tokens.some((token) => {
    const issued = earlier.findIndex(({ answer }) => answer.body?.includes(token));
    if (issued === -1) return false;
    const since = earlier.slice(issued);
    return (
      since.some((step) => isDone(step, 'revokeTokens')) || isOver(token, clockMoves(earlier.slice(0, issued)), clockMoves(since))
    );
  });
}

interface ClockMove {
  /** Whether it named a time, and not how far to go. */
  readonly set: boolean;
  /** In milliseconds since the epoch. */
  readonly to: number;
}

/** A clock that was only set after the token was issued leads to the same time at each replay, but the token is a later one. */
function isOver(token: string, before: readonly ClockMove[], since: readonly ClockMove[]): boolean {
  const last = since.at(-1);
  if (last === undefined || (since.some(({ set }) => set) && !before.some(({ set }) => set))) return false;
  const claims = parsedJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as
    { readonly exp?: unknown } | undefined;
  return typeof claims?.exp === 'number' && last.to >= claims.exp * 1000;
}

function clockMoves(recorded: readonly Recorded[]): ClockMove[] {
  return recorded.flatMap((one) => {
    if (!isDone(one, 'setClock')) return [];
    const body = bodyOf(one);
    const set = typeof body === 'object' && body.kind === 'json' && Object.hasOwn(body.value as object, 'now');
    return [{ set, to: Date.parse((jsonOf(one.answer) as { readonly now: string }).now) }];
  });
}

function isDone({ operation, answer }: Recorded, operationId: string): boolean {
  return operation?.operationId === operationId && answer.status < 300;
}
