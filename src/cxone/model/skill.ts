/** A skill: what an interaction is queued for. */

export interface Skill {
  readonly skillId: number;
  readonly name: string;
  /** How many agents without a name have it, beside those that are listed by name. */
  readonly agents: number;
  /** The profile of its opening hours; without one it is always open. */
  readonly hours?: number;
  /** Where it is not there, nobody accepts, and who is queued waits. */
  readonly answers?: SkillAnswers;
}

/** How its simulated agents take who waits for it; times are in seconds on the tenant's clock. */
export interface SkillAnswers {
  /** After so long in the queue an agent who is free accepts. */
  readonly after: number;
  /** What the agent says then. */
  readonly says?: readonly string[];
  /** So long after that the conversation is over; not there for as long as somebody else ends it. */
  readonly ends?: number;
}

/** There from the start, so that the first handover has somewhere to go. */
export const DEFAULT_SKILL: Skill = { skillId: 4001, name: 'Support', agents: 1 };
