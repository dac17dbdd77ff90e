/** The control API's hold on skills, agents and hours: what a config file sets up, changed while it runs. */
import type { Agent } from '../cxone/model/agent.js';
import { faultInHours, type HoursProfile } from '../cxone/model/hours.js';
import type { Skill } from '../cxone/model/skill.js';
import { requireHours } from '../cxone/hours-rules.js';
import { requireSkill } from '../cxone/skill-rules.js';
import type { Call, Operations } from '../cxone/handler.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { TenantState } from '../cxone/store/store.js';

/** So many skills, agents and profiles a tenant has at most: the emulator's own bound, so that memory stays flat. */
const MOST = 10_000;

export function staffingOperations(): Operations {
  return {
    listSkillsHere: { answer: (_, state) => ({ status: 200, body: all(state.skills()) }) },
    setSkill: {
      check(call, state) {
        requireRoom(call, '/skillId', state.skill(Number(call.pathParameters.skillId)), state.skills().length);
        const { hours } = changedSkill(call, state);
        if (hours !== undefined) requireHours(hours, { in: 'body', pointer: '/hours' }, state);
      },
      answer(call, state) {
        const skill = changedSkill(call, state);
        state.putSkill(skill);
        call.emit({ kind: 'staffed' });
        return { status: 200, body: skill };
      },
    },

    listAgents: { answer: (_, state) => ({ status: 200, body: all(state.agents()) }) },
    setAgent: {
      check(call, state) {
        requireRoom(call, '/agentId', state.agent(Number(call.pathParameters.agentId)), state.agents().length);
        changedAgent(call, state).skills.forEach((skillId, index) => {
          requireSkill(skillId, { in: 'body', pointer: `/skills/${String(index)}` }, state);
        });
      },
      answer(call, state) {
        const agent = changedAgent(call, state);
        state.putAgent(agent);
        call.emit({ kind: 'staffed' });
        return { status: 200, body: agent };
      },
    },

    listHours: { answer: (_, state) => ({ status: 200, body: all(state.hours()) }) },
    setHours: {
      check(call, state) {
        requireRoom(call, '/profileId', state.hoursProfile(Number(call.pathParameters.profileId)), state.hours().length);
        const fault = faultInHours(profileOf(call));
        if (fault === undefined) return;
        const value = fault.path.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], call.body);
        throw reject('CONTROL_INPUT_INVALID', {
          message: `${fault.path.join('.')} cannot be used.`,
          in: 'body',
          pointer: `/${fault.path.join('/')}`,
          expected: 'a profile such as {"name": "Office", "timeZone": "Europe/Berlin", "days": {"Monday": "09:00-17:00"}}',
          received: show(value),
          remedy: `It ${fault.message}.`,
        });
      },
      answer(call, state) {
        const profile = profileOf(call);
        state.putHours(profile);
        call.emit({ kind: 'staffed' });
        return { status: 200, body: profile };
      },
    },
  };
}

function all<T>(items: readonly T[]): { readonly items: readonly T[]; readonly total: number } {
  return { items, total: items.length };
}

function requireRoom({ pathParameters }: Call, pointer: string, before: unknown, count: number): void {
  if (before !== undefined || count < MOST) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'There is no room for another one.',
    in: 'path',
    pointer,
    expected: `one of the ${String(MOST)} that there are`,
    received: show(pathParameters[pointer.slice(1)]),
    remedy: 'Change one that is there, or put the tenant back to its start with POST /_emulator/reset.',
  });
}

/** What is left out stays as it is, or gets its default where the skill is new; null takes away. */
function changedSkill({ body, pathParameters }: Call, state: TenantState): Skill {
  const skillId = Number(pathParameters.skillId);
  const before = state.skill(skillId) ?? { skillId, name: `Skill ${String(skillId)}`, agents: 1 };
  const changes: Readonly<Record<string, unknown>> = { ...before, ...(body as object), skillId };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)) as unknown as Skill;
}

function changedAgent({ body, pathParameters }: Call, state: TenantState): Agent {
  const agentId = Number(pathParameters.agentId);
  const before = state.agent(agentId);
  const { name, state: next, skills } = body as Partial<Agent>;
  return {
    agentId,
    name: name ?? before?.name ?? `Agent ${String(agentId)}`,
    state: next ?? before?.state ?? 'Available',
    skills: skills ?? before?.skills ?? [],
  };
}

function profileOf({ body, pathParameters }: Call): HoursProfile {
  const { name, timeZone = 'UTC', days } = body as Omit<HoursProfile, 'timeZone'> & { readonly timeZone?: string };
  return { profileId: Number(pathParameters.profileId), name, timeZone, days };
}
