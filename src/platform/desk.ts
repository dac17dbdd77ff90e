/** The desk: simulated agents, who accept who waits for their skill after a time on the tenant's clock, say their lines, and end. */
import type { Agent } from '../contact/agent.js';
import { accept, type Conversation, type ConversationAgent, end, say } from '../contact/conversation.js';
import { isOpen } from '../contact/hours.js';
import type { Skill, SkillAnswers } from '../contact/skill.js';
import type { Store, TenantState } from '../state/store.js';
import type { Clocks } from './clock.js';
import { Activity, type PlatformEvent } from './studio.js';

export interface Desk {
  /** Hears of what happened: somebody waits for an agent, or an agent is free again. */
  take(tenant: string, events: readonly PlatformEvent[]): void;
}

export interface DeskParts {
  readonly store: Store;
  readonly clocks: Clocks;
  /** Tells the scripts of a conversation that it is over. */
  readonly ended: (tenant: string, conversationId: string) => void;
  readonly onBug: (error: unknown) => void;
}

type Answering = Skill & { readonly answers: SkillAnswers };

export function createDesk({ store, clocks, ended, onBug }: DeskParts): Desk {
  const now = (tenant: string): string => new Date(clocks.now(tenant)).toISOString();

  /** Does it after so many seconds; whoever moves the clock waits until it is done. */
  function later(tenant: string, seconds: number, work: () => Promise<void>): void {
    clocks.of(tenant).schedule(seconds * 1000, () => {
      const activity = new Activity();
      activity.begin();
      void work()
        .catch(onBug)
        .finally(() => {
          activity.end();
        });
      return [activity];
    });
  }

  async function expect(tenant: string, conversationId: string): Promise<void> {
    const skill = await store.run(tenant, (state) => {
      const conversation = state.conversation(conversationId);
      return conversation?.state === 'queued' ? skillOf(conversation, state) : undefined;
    });
    if (skill !== undefined) later(tenant, skill.answers.after, () => serve(tenant, skill.skillId));
  }

  /** Gives every agent who is free one of those who have waited long enough, the longest first. */
  async function serve(tenant: string, skillId: number): Promise<void> {
    const accepted = await store.run(tenant, (state) => {
      const skill = state.skill(skillId);
      if (!answering(skill) || !opened(skill, state, clocks.now(tenant))) return [];
      const all = state.conversations().filter((conversation) => conversation.skillId === skillId);
      const ready = clocks.now(tenant) - skill.answers.after * 1000;
      const waiting = all
        .filter(({ state: its, queuedAt }) => its === 'queued' && Date.parse(queuedAt ?? '') <= ready)
        .sort((one, other) => Date.parse(one.queuedAt ?? '') - Date.parse(other.queuedAt ?? '') || one.order - other.order);
      const free = freeAgents(skill, state);
      return waiting.slice(0, free.length).map((conversation, index) => {
        const agent = free[index] ?? unnamed(skill);
        const { says = [] } = skill.answers;
        const at = now(tenant);
        state.updateConversation(
          says.reduce((talk, text) => say(talk, { from: 'agent', name: agent.name, text, at }), accept(conversation, agent)),
        );
        return { conversationId: conversation.conversationId, ends: skill.answers.ends };
      });
    });
    for (const { conversationId, ends } of accepted)
      if (ends !== undefined) later(tenant, ends, () => close(tenant, conversationId));
  }

  async function close(tenant: string, conversationId: string): Promise<void> {
    const over = await store.run(tenant, (state) => {
      const conversation = state.conversation(conversationId);
      if (conversation?.state !== 'agent') return false;
      state.updateConversation(end(conversation, now(tenant)));
      return true;
    });
    if (over) ended(tenant, conversationId);
  }

  /** Whoever had an agent has none any more: the next one may be served. */
  async function relieved(tenant: string, conversationId: string): Promise<void> {
    const skill = await store.run(tenant, (state) => {
      const conversation = state.conversation(conversationId);
      return conversation?.agent === undefined ? undefined : skillOf(conversation, state);
    });
    if (skill !== undefined) await serve(tenant, skill.skillId);
  }

  async function expectAll(tenant: string): Promise<void> {
    const queued = await store.run(tenant, (state) =>
      state.skills().some(answering) ? state.conversations().filter(({ state: its }) => its === 'queued') : [],
    );
    for (const { conversationId } of queued) await expect(tenant, conversationId);
  }

  function taken(tenant: string, event: PlatformEvent): Promise<void> | undefined {
    switch (event.kind) {
      case 'queued':
        return expect(tenant, event.conversationId);
      case 'ended':
      case 'customer left':
        return relieved(tenant, event.conversationId);
      case 'exchanged':
        return expectAll(tenant);
      default:
        return undefined;
    }
  }

  return {
    take(tenant, events) {
      for (const event of events) taken(tenant, event)?.catch(onBug);
    },
  };
}

function answering(skill: Skill | undefined): skill is Answering {
  return skill?.answers !== undefined;
}

function skillOf({ skillId }: Conversation, state: TenantState): Answering | undefined {
  const skill = skillId === null ? undefined : state.skill(skillId);
  return answering(skill) ? skill : undefined;
}

function opened({ hours }: Skill, state: TenantState, at: number): boolean {
  const profile = hours === undefined ? undefined : state.hoursProfile(hours);
  return profile === undefined || isOpen(profile, at);
}

function unnamed({ name }: Skill): ConversationAgent {
  return { agentId: null, name: `${name} agent` };
}

/** Those with a name first; who has a conversation, of whichever skill, is not free. */
function freeAgents(skill: Skill, state: TenantState): ConversationAgent[] {
  const busy = state.conversations().filter(({ state: its }) => its === 'agent');
  const named = state
    .agents()
    .filter((agent: Agent) => agent.skills.includes(skill.skillId) && agent.state === 'Available')
    .filter(({ agentId }) => !busy.some(({ agent }) => agent?.agentId === agentId))
    .map(({ agentId, name }) => ({ agentId, name }));
  const taken = busy.filter(({ skillId, agent }) => skillId === skill.skillId && (agent?.agentId ?? null) === null).length;
  const others = Array.from({ length: Math.min(MOST_AT_ONCE, Math.max(0, skill.agents - taken)) }, () => unnamed(skill));
  return [...named, ...others];
}

/** A skill may have a million agents; so many accept at a time. */
const MOST_AT_ONCE = 1000;
