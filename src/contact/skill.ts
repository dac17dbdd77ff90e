/** A skill: what an interaction is queued for. */

export interface Skill {
  readonly skillId: number;
  readonly name: string;
  /** How many agents without a name have it, beside those that are listed by name. */
  readonly agents: number;
  /** The profile of its opening hours; without one it is always open. */
  readonly hours?: number;
}

/** There from the start, so that the first handover has somewhere to go. */
export const DEFAULT_SKILL: Skill = { skillId: 4001, name: 'Support', agents: 1 };
