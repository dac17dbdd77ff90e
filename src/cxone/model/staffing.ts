/** How busy a skill is: who is free for it, who waits, and since when. */
import type { Agent } from './agent.js';
import type { Conversation } from './conversation.js';
import type { Skill } from './skill.js';

export interface SkillActivity {
  readonly queueCount: number;
  readonly agentsAvailable: number;
  readonly agentsWorking: number;
  readonly agentsUnavailable: number;
  readonly agentsLoggedIn: number;
  /** Conversations that an agent has. */
  readonly contactsActive: number;
  /** ISO 8601; null where nobody waits. */
  readonly earliestQueueTime: string | null;
  /** In percent: of those who wait, how many wait no longer than the threshold. */
  readonly serviceLevel: number;
}

/** In seconds (assumed). */
export const SERVICE_LEVEL_THRESHOLD = 30;

/** `conversations` are those of the skill; `now` in milliseconds since the epoch. A conversation with an agent takes one who was free. */
export function activityOf(
  skill: Skill,
  agents: readonly Agent[],
  conversations: readonly Conversation[],
  now: number,
): SkillActivity {
  const named = agents.filter(({ skills }) => skills.includes(skill.skillId));
  const inState = (state: Agent['state']): number => named.filter((agent) => agent.state === state).length;
  const queuedAt = conversations.flatMap(({ state, queuedAt: since }) => (state === 'queued' && since !== null ? [since] : []));
  const contactsActive = conversations.filter(({ state }) => state === 'agent').length;
  const ready = skill.agents + inState('Available');
  const taken = Math.min(ready, contactsActive);
  const inTime = queuedAt.filter((since) => now - Date.parse(since) <= SERVICE_LEVEL_THRESHOLD * 1000).length;
  return {
    queueCount: conversations.filter(({ state }) => state === 'queued').length,
    agentsAvailable: ready - taken,
    agentsWorking: inState('Working') + taken,
    agentsUnavailable: inState('Unavailable'),
    agentsLoggedIn: ready + inState('Working') + inState('Unavailable'),
    contactsActive,
    earliestQueueTime: queuedAt.reduce<string | null>((first, since) => (first === null || since < first ? since : first), null),
    serviceLevel: queuedAt.length === 0 ? 100 : Math.round((inTime / queuedAt.length) * 100),
  };
}
