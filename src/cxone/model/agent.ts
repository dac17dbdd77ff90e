/** An agent by name: the skills, and whether a customer would be taken now. */

export const AGENT_STATES = ['Available', 'Working', 'Unavailable', 'LoggedOut'] as const;

export type AgentState = (typeof AGENT_STATES)[number];

export interface Agent {
  readonly agentId: number;
  readonly name: string;
  readonly state: AgentState;
  /** The ids of the skills. */
  readonly skills: readonly number[];
}
