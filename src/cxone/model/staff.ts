/** The agents who are free, given away one by one: those with a name first; who has a conversation, of whichever skill, is not free. */
import type { Agent } from './agent.js';
import type { Conversation, ConversationAgent } from './conversation.js';
import type { Skill } from './skill.js';

type Free = Omit<ConversationAgent, 'since'>;

export class FreeAgents {
  readonly #available: readonly Agent[];
  readonly #busy = new Set<number>();
  /** How many agents without a name have a conversation, by skill. */
  readonly #unnamedBusy = new Map<number, number>();
  /** The skills that have nobody left: nobody becomes free on the way. */
  readonly #exhausted = new Set<number>();

  constructor(agents: readonly Agent[], conversations: readonly Conversation[]) {
    this.#available = agents.filter(({ state }) => state === 'Available');
    for (const { state, skillId, agent } of conversations) {
      if (state !== 'agent') continue;
      const agentId = agent?.agentId ?? null;
      if (agentId !== null) this.#busy.add(agentId);
      else if (skillId !== null) this.#countUnnamed(skillId);
    }
  }

  /** Somebody who has the skill, and is not free from then on; undefined where nobody is. */
  take(skill: Skill): Free | undefined {
    const { skillId } = skill;
    if (this.#exhausted.has(skillId)) return undefined;
    const named = this.#available.find(({ agentId, skills }) => skills.includes(skillId) && !this.#busy.has(agentId));
    if (named !== undefined) {
      this.#busy.add(named.agentId);
      return { agentId: named.agentId, name: named.name };
    }
    if ((this.#unnamedBusy.get(skillId) ?? 0) < skill.agents) {
      this.#countUnnamed(skillId);
      return { agentId: null, name: `${skill.name} agent` };
    }
    this.#exhausted.add(skillId);
    return undefined;
  }

  #countUnnamed(skillId: number): void {
    this.#unnamedBusy.set(skillId, (this.#unnamedBusy.get(skillId) ?? 0) + 1);
  }
}
