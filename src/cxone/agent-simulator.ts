/** The desk: simulated agents, who accept who waits for their skill after a time on the tenant's clock, say their lines, and end. */
import { accept, type Conversation, end, say } from './model/conversation.js';
import { isOpen, opensAt } from './model/hours.js';
import type { Skill, SkillAnswers } from './model/skill.js';
import { FreeAgents } from './model/staff.js';
import type { Store, TenantState } from './store/store.js';
import type { Clocks } from './clock.js';
import { Activity, type PlatformEvent } from './studio.js';

export interface Desk {
  /** Hears of what happened: somebody waits for an agent, or an agent is free again. Whoever waits for `activity` waits for what comes of it. */
  take(tenant: string, events: readonly PlatformEvent[], activity: Activity): void;
}

export interface DeskParts {
  readonly store: Store;
  readonly clocks: Clocks;
  /** Tells the scripts of a conversation that it is over. */
  readonly ended: (tenant: string, conversationId: string, activity: Activity) => void;
  readonly onBug: (error: unknown) => void;
}

type Answering = Skill & { readonly answers: SkillAnswers };

/** Somebody who waits for a skill whose agents answer. */
interface Customer {
  readonly conversation: Conversation;
  readonly skill: Answering;
}

type Work = (activity: Activity) => Promise<void>;

export function createDesk({ store, clocks, ended, onBug }: DeskParts): Desk {
  /** What is still to come, by tenant and by what it is: each can be taken back. */
  const coming = new Map<string, Map<string, () => void>>();

  function during(activity: Activity, work: Promise<void>): void {
    activity.begin();
    void work.catch(onBug).finally(() => {
      activity.end();
    });
  }

  /** Does it after so many milliseconds, and not what was to come under this name. Whoever moves the clock waits until it is done. */
  function later(tenant: string, name: string, milliseconds: number, work: Work): void {
    const own = coming.get(tenant) ?? new Map<string, () => void>();
    coming.set(tenant, own);
    own.get(name)?.();
    const takeBack = clocks.of(tenant).schedule(milliseconds, () => {
      own.delete(name);
      if (own.size === 0 && coming.get(tenant) === own) coming.delete(tenant);
      const activity = new Activity();
      during(activity, work(activity));
      return [activity];
    });
    own.set(name, takeBack);
  }

  function takeBackAll(tenant: string): void {
    for (const takeBack of coming.get(tenant)?.values() ?? []) takeBack();
    coming.delete(tenant);
  }

  /** Those who were queued at the same time for the same skill have waited at the same time. */
  function expect(tenant: string, { conversation, skill }: Customer): void {
    const left = stillToWait(conversation, skill, clocks.now(tenant));
    const name = `accept ${String(skill.skillId)} ${conversation.queuedAt ?? ''}`;
    later(tenant, name, left, (activity) => serve(tenant, hasWaitedOrCannotTell, activity));
  }

  /** Somebody is queued: who need not wait is served at once. */
  async function queued(tenant: string, conversationId: string, activity: Activity): Promise<void> {
    const customer = await store.run(tenant, (state) => customerIn(state.conversation(conversationId), state));
    if (customer === undefined) return;
    if (customer.skill.answers.after > 0) expect(tenant, customer);
    else await serve(tenant, hasWaitedOrCannotTell, activity);
  }

  /** Gives every agent who is free one of those who have waited long enough, whoever came first to whoever has the skill. */
  async function serve(tenant: string, isReady: Readiness, activity: Activity): Promise<void> {
    const now = clocks.now(tenant);
    const { accepted, closed } = await store.run(tenant, (state) => {
      const shut = new Map<number, number | undefined>();
      const taken: Customer[] = [];
      const ready = customersOf(state).filter(({ conversation, skill }) => isReady(conversation, skill, now));
      if (ready.length === 0) return { accepted: taken, closed: shut };
      const free = new FreeAgents(state.agents(), state.conversations());
      for (const { conversation, skill } of ready) {
        const opening = shut.has(skill.skillId) ? shut.get(skill.skillId) : openingOf(skill, state, now);
        if (opening !== now) {
          shut.set(skill.skillId, opening);
          continue;
        }
        const agent = free.take(skill);
        if (agent === undefined) continue;
        const at = new Date(now).toISOString();
        const { says = [] } = skill.answers;
        const after = says.reduce(
          (talk, text) => say(talk, { from: 'agent', name: agent.name, text, at }),
          accept(conversation, { ...agent, since: at }),
        );
        state.updateConversation(after);
        taken.push({ conversation: after, skill });
      }
      return { accepted: taken, closed: shut };
    });
    for (const [skillId, opening] of closed)
      if (opening !== undefined)
        later(tenant, `open ${String(skillId)}`, opening - now, (then) => serve(tenant, hasWaitedOrCannotTell, then));
    for (const customer of accepted) await letGo(tenant, customer, now, activity);
  }

  /** Where the agents of the skill end by themselves, this one does so in time. */
  async function letGo(tenant: string, { conversation, skill }: Customer, now: number, activity: Activity): Promise<void> {
    const { ends } = skill.answers;
    const { conversationId, agent } = conversation;
    if (ends === undefined || agent === undefined) return;
    const left = within(Date.parse(agent.since) + ends * 1000 - now, ends * 1000);
    if (left === 0) await close(tenant, conversationId, agent.since, activity);
    else later(tenant, `end ${conversationId}`, left, (then) => close(tenant, conversationId, agent.since, then));
  }

  async function close(tenant: string, conversationId: string, since: string, activity: Activity): Promise<void> {
    const over = await store.run(tenant, (state) => {
      const conversation = state.conversation(conversationId);
      if (conversation?.state !== 'agent' || conversation.agent?.since !== since) return false;
      state.updateConversation(end(conversation, new Date(clocks.now(tenant)).toISOString()));
      return true;
    });
    if (over) ended(tenant, conversationId, activity);
  }

  /** Who waits for whom may be another matter now; so long as somebody has waited already, that counts. */
  async function look(tenant: string, activity: Activity): Promise<void> {
    const now = clocks.now(tenant);
    for (const customer of await store.run(tenant, customersOf))
      if (stillToWait(customer.conversation, customer.skill, now) > 0) expect(tenant, customer);
    await serve(tenant, hasWaited, activity);
  }

  /** Another state is there: what was to come in the one before it does not. */
  async function begin(tenant: string, activity: Activity): Promise<void> {
    takeBackAll(tenant);
    const served = await store.run(tenant, (state) =>
      state.skills().some(answers)
        ? state.conversations().flatMap((conversation) => {
            const skill = skillOf(conversation, state);
            return conversation.state === 'agent' && skill !== undefined ? [{ conversation, skill }] : [];
          })
        : [],
    );
    for (const customer of served) await letGo(tenant, customer, clocks.now(tenant), activity);
    await look(tenant, activity);
  }

  function taken(tenant: string, event: PlatformEvent, activity: Activity): Promise<void> | undefined {
    switch (event.kind) {
      case 'queued':
        return queued(tenant, event.conversationId, activity);
      case 'ended':
      case 'customer left':
        return serve(tenant, hasWaitedOrCannotTell, activity);
      case 'staffed':
        return look(tenant, activity);
      case 'exchanged':
        return begin(tenant, activity);
      default:
        return undefined;
    }
  }

  return {
    take(tenant, events, activity) {
      for (const event of events) {
        const work = taken(tenant, event, activity);
        if (work !== undefined) during(activity, work);
      }
    },
  };
}

function answers(skill: Skill | undefined): skill is Answering {
  return skill?.answers !== undefined;
}

function skillOf({ skillId }: Conversation, state: TenantState): Answering | undefined {
  const skill = skillId === null ? undefined : state.skill(skillId);
  return answers(skill) ? skill : undefined;
}

function customerIn(conversation: Conversation | undefined, state: TenantState): Customer | undefined {
  if (conversation?.state !== 'queued') return undefined;
  const skill = skillOf(conversation, state);
  return skill === undefined ? undefined : { conversation, skill };
}

/** Those who wait for an agent who may come, whoever was queued first before the others. */
function customersOf(state: TenantState): Customer[] {
  if (!state.skills().some(answers)) return [];
  return state
    .conversations()
    .flatMap((conversation) => customerIn(conversation, state) ?? [])
    .sort(({ conversation: one }, { conversation: other }) => {
      const [since, its] = [one.queuedAt ?? '', other.queuedAt ?? ''];
      return since === its ? one.order - other.order : since < its ? -1 : 1;
    });
}

type Readiness = (conversation: Conversation, skill: Answering, now: number) => boolean;

/** In milliseconds. */
function stillToWait({ queuedAt }: Conversation, { answers: { after } }: Answering, now: number): number {
  return within(Date.parse(queuedAt ?? '') + after * 1000 - now, after * 1000);
}

const hasWaited: Readiness = (conversation, skill, now) => stillToWait(conversation, skill, now) === 0;

/** Where the clock was set back, somebody was queued at a time that is yet to come. */
const hasWaitedOrCannotTell: Readiness = (conversation, skill, now) =>
  Date.parse(conversation.queuedAt ?? '') > now || hasWaited(conversation, skill, now);

function within(milliseconds: number, most: number): number {
  return Math.min(most, Math.max(0, milliseconds));
}

/** `now` where the skill is open; undefined where it never is. */
function openingOf({ hours }: Skill, state: TenantState, now: number): number | undefined {
  const profile = hours === undefined ? undefined : state.hoursProfile(hours);
  return profile === undefined || isOpen(profile, now) ? now : opensAt(profile, now);
}
