/** Skills of the ACD, how busy they are, their hours of operation, and the business unit they belong to. */
import { DAYS, type HoursProfile, type Span, spansOf } from './model/hours.js';
import { businessUnitName } from './model/ids.js';
import type { Skill } from './model/skill.js';
import { SERVICE_LEVEL_THRESHOLD, type SkillActivity } from './model/staffing.js';
import type { TenantState } from './store/store.js';
import { mediaTypeOf, partOf, withFields } from './acd-format.js';
import { requireHours } from './hours-rules.js';
import type { Call, Operations } from './handler.js';
import { activityNow, requireSkill } from './skill-rules.js';

export function skillOperations(): Operations {
  return {
    listSkills: {
      answer(call, state) {
        const skills = state.skills();
        const part = partOf(call, skills, (skill) => wireSkill(skill, state));
        return { status: 200, body: { totalRecords: skills.length, businessUnitId: state.identity.busNo, skills: part } };
      },
    },

    getSkill: {
      check: skillInPath,
      answer: (call, state) => ({ status: 200, body: withFields(call, wireSkill(skillInPath(call, state), state)) }),
    },

    listSkillActivity: {
      answer(call, state) {
        const skills = state.skills();
        const activity = activityNow(call, state);
        const part = partOf(call, skills, (skill) => wireActivity(call, skill, state, activity));
        return { status: 200, body: { totalRecords: skills.length, lastPollTime: call.now, skillActivity: part } };
      },
    },

    getSkillActivity: {
      check: skillInPath,
      answer: (call, state) => ({
        status: 200,
        body: {
          lastPollTime: call.now,
          skillActivity: [withFields(call, wireActivity(call, skillInPath(call, state), state, activityNow(call, state)))],
        },
      }),
    },

    listHoursOfOperation: {
      answer(call, state) {
        return { status: 200, body: hoursAnswer(call, state, partOf(call, state.hours(), wireHours)) };
      },
    },

    getHoursOfOperation: {
      check: profileInPath,
      answer(call, state) {
        const profile = withFields(call, wireHours(profileInPath(call, state)));
        return { status: 200, body: hoursAnswer(call, state, [profile]) };
      },
    },

    getBusinessUnit: {
      answer: (_, { identity }) => ({
        status: 200,
        body: {
          businessUnits: [
            {
              businessUnitId: identity.busNo,
              businessUnitName: businessUnitName(identity),
              tenantId: identity.tenantId,
              isActive: true,
            },
          ],
        },
      }),
    },
  };
}

function skillInPath(call: Call, state: TenantState): Skill {
  return requireSkill(Number(call.pathParameters.skillId), { in: 'path', pointer: '/skillId' }, state);
}

function profileInPath(call: Call, state: TenantState): HoursProfile {
  return requireHours(Number(call.pathParameters.profileId), { in: 'path', pointer: '/profileId' }, state);
}

function wireSkill({ skillId, name }: Skill, { identity }: TenantState): object {
  return {
    skillId,
    skillName: name,
    businessUnitId: identity.busNo,
    ...mediaTypeOf('webchat'),
    isActive: true,
    isOutbound: false,
  };
}

function wireActivity(call: Call, skill: Skill, state: TenantState, activity: (skill: Skill) => SkillActivity): object {
  return {
    ...wireSkill(skill, state),
    ...activity(skill),
    serviceLevelThreshold: SERVICE_LEVEL_THRESHOLD,
    serverTime: call.now,
  };
}

function hoursAnswer(call: Call, { identity }: TenantState, hoursOfOperationProfiles: readonly object[]): object {
  return { resultSet: { businessUnitId: identity.busNo, lastPollTime: call.now, hoursOfOperationProfiles } };
}

/** The days are texts throughout, also the flags: `"False"` (client). */
function wireHours(profile: HoursProfile): object {
  return {
    profileId: profile.profileId,
    profileName: profile.name,
    description: profile.timeZone,
    days: DAYS.map((day) => {
      const [first, second] = spansOf(profile, day);
      return {
        day,
        ...timesOf(first, 'openTime', 'closeTime'),
        hasAdditionalHours: flag(second !== undefined),
        ...timesOf(second, 'additionalOpenTime', 'additionalCloseTime'),
        isClosedAllDay: flag(first === undefined),
      };
    }),
    holidays: [],
  };
}

function timesOf(span: Span | undefined, open: string, close: string): Record<string, string> {
  if (span === undefined) return { [open]: '', [close]: '' };
  // A day’s last moment: no clock shows 24:00:00.
  return { [open]: `${span.open}:00`, [close]: span.close === '24:00' ? '23:59:59' : `${span.close}:00` };
}

function flag(value: boolean): string {
  return value ? 'True' : 'False';
}
