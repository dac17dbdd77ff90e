/** The rules on skills that every operation on one shares: which there are, and whether anybody takes a customer for them. */
import type { Conversation } from './model/conversation.js';
import { isOpen } from './model/hours.js';
import type { Skill } from './model/skill.js';
import { activityOf, type SkillActivity } from './model/staffing.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import type { Where } from './conversation-rules.js';
import type { Call } from './handler.js';

/** Throws SKILL_UNKNOWN. */
export function requireSkill(skillId: number, place: Where, state: TenantState): Skill {
  const skill = state.skill(skillId);
  if (skill === undefined) throw skillUnknown(skillId, place, state);
  return skill;
}

function skillUnknown(skillId: number, place: Where, state: TenantState): Rejection {
  const known = state
    .skills()
    .slice(0, 10)
    .map((skill) => `${String(skill.skillId)} ${skill.name}`);
  return reject('SKILL_UNKNOWN', {
    message: 'No skill has this id.',
    ...place,
    expected: known.length === 0 ? 'a skill of this tenant, which has none' : `a skill of this tenant: ${known.join(', ')}`,
    received: show(skillId),
    remedy: `Send one of these, or add the skill: in the config file under "skills", or PATCH /_emulator/skills/${String(skillId)}.`,
  });
}

/** How busy each skill is now. */
export function activityNow(call: Call, state: TenantState): (skill: Skill) => SkillActivity {
  const bySkill = new Map<number | null, Conversation[]>();
  for (const conversation of state.conversations()) {
    const others = bySkill.get(conversation.skillId);
    if (others === undefined) bySkill.set(conversation.skillId, [conversation]);
    else others.push(conversation);
  }
  const agents = state.agents();
  return (skill) => activityOf(skill, agents, bySkill.get(skill.skillId) ?? [], Date.parse(call.now));
}

/** Warns where nobody takes a customer for the skill now. */
export function warnIfUnstaffed(call: Pick<Call, 'warn' | 'now'>, skill: Skill, place: Where, state: TenantState): void {
  const named = `Skill ${String(skill.skillId)} (${skill.name})`;
  if (skill.agents === 0 && !hasAgentLoggedIn(skill, state)) {
    call.warn('SKILL_UNSTAFFED', {
      message: `${named} has no agent who is logged in.`,
      ...place,
      expected: 'a skill with at least one agent',
      received: `${String(skill.skillId)}, which has none`,
      remedy: `The customer would wait until somebody logs in. Send another skillId, or give the skill agents: in the config file, or PATCH /_emulator/skills/${String(skill.skillId)} {"agents": 1}.`,
    });
    return;
  }
  const hours = skill.hours === undefined ? undefined : state.hoursProfile(skill.hours);
  if (hours === undefined || isOpen(hours, Date.parse(call.now))) return;
  call.warn('SKILL_UNSTAFFED', {
    message: `${named} is closed now.`,
    ...place,
    expected: 'a skill within its hours of operation',
    received: `${String(skill.skillId)} at ${call.now}, outside of its hours (profile ${String(hours.profileId)}, ${hours.name}, ${hours.timeZone})`,
    remedy:
      'The customer would wait until it opens. Ask GET …/hours-of-operation before the handover, as a bot in production should, or route to another skill.',
  });
}

function hasAgentLoggedIn({ skillId }: Skill, state: TenantState): boolean {
  return state.agents().some((agent) => agent.skills.includes(skillId) && agent.state !== 'LoggedOut');
}
