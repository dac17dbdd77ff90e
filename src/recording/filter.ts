/** Which exchanges become steps of a scenario, and which only look. */
import type { Recorded } from './recorded.js';

/** Calls of the control API that only look. */
const LOOKS = ['verifyRequests', 'explainRequest'];
/** Looks whose answers may have an id that a later request needs. */
const USEFUL_LOOKS = ['getConversation', 'listConversations', 'listSignals', 'listTranscripts', 'listSkillsHere', 'listAgents'];

/** Whether an exchange is worth keeping at all. */
export function isWorthKeeping(one: Pick<Recorded, 'control' | 'operation' | 'method'>): boolean {
  return isStep(one as Recorded) || USEFUL_LOOKS.includes(one.operation?.operationId ?? '');
}

/** Whether the control API is only looked at: that is a step only where a later request needs an id out of it. */
export function isQuiet(one: Recorded | undefined): boolean {
  return one?.control === true && !isStep(one);
}

export function isStep({ control, operation, method }: Recorded): boolean {
  if (!control) return true;
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !LOOKS.includes(operation?.operationId ?? '');
}
