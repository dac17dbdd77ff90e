/** A skill: what an interaction is queued for. */

export interface Skill {
  readonly skillId: number;
  readonly name: string;
  /** How many agents have it. */
  readonly agents: number;
}

/** There from the start, so that the first handover has somewhere to go. */
export const DEFAULT_SKILL: Skill = { skillId: 4001, name: 'Support', agents: 1 };
