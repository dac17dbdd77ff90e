/** What a schema cannot say of the settings: ids that stand twice, ids that lead nowhere, hours that do not rise, bad patterns. */
import { faultInHours } from '../cxone/model/hours.js';
import { canBeTime } from '../cxone/clock.js';
import type { Settings } from './settings.js';
import { hostRules } from '../studio/rest/hosts.js';
import { show } from '../shared/format.js';

export interface FaultBetween {
  readonly path: readonly [keyof Settings, ...(string | number)[]];
  readonly message: string;
}

export function faultsBetweenSettings(settings: Settings): FaultBetween[] {
  const { skills, agents, hours, knowledge, scriptHosts, frozenAt, virtualAgents } = settings;
  const skillIds = new Set(skills.map(({ skillId }) => skillId));
  const profileIds = new Set(hours.map(({ profileId }) => profileId));
  return [
    ...(frozenAt === undefined || canBeTime(Date.parse(frozenAt))
      ? []
      : [
          {
            path: ['frozenAt'],
            message: `frozenAt ${show(frozenAt)} is no time that there is, or past the year 9899`,
          } satisfies FaultBetween,
        ]),
    ...doubles('skills', 'skillId', skills),
    ...doubles('agents', 'agentId', agents),
    ...doubles('hours', 'profileId', hours),
    ...doubles('virtualAgents', 'name', virtualAgents),
    ...virtualAgents.flatMap(({ url, standIn, protocol, contract }, index): FaultBetween[] => {
      const at = `virtualAgents.${String(index)}`;
      if ((url === undefined) === (standIn === undefined))
        return [{ path: ['virtualAgents', index], message: `${at} needs url or standIn, and not both` }];
      if (standIn !== undefined && protocol !== 'exchange')
        return [
          { path: ['virtualAgents', index, 'protocol'], message: `${at}: a stand-in bot speaks the protocol exchange only` },
        ];
      if (contract !== 'published' && protocol !== 'exchange')
        return [{ path: ['virtualAgents', index, 'contract'], message: `${at}: contract is of the protocol exchange only` }];
      return [];
    }),
    ...skills.flatMap((skill, index): FaultBetween[] =>
      skill.hours === undefined || profileIds.has(skill.hours)
        ? []
        : [{ path: ['skills', index, 'hours'], message: `hours has no profile ${String(skill.hours)}` }],
    ),
    ...agents.flatMap((agent, index) =>
      agent.skills.flatMap((skillId, place): FaultBetween[] =>
        skillIds.has(skillId)
          ? []
          : [{ path: ['agents', index, 'skills', place], message: `skills has no skill ${String(skillId)}` }],
      ),
    ),
    ...hours.flatMap((profile, index): FaultBetween[] => {
      const fault = faultInHours(profile);
      return fault === undefined
        ? []
        : [{ path: ['hours', index, ...fault.path], message: `hours.${String(index)}.${fault.path.join('.')} ${fault.message}` }];
    }),
    ...scriptHosts.flatMap((host, index): FaultBetween[] => {
      try {
        hostRules([host]);
        return [];
      } catch (error) {
        return [{ path: ['scriptHosts', index], message: `scriptHosts.${String(index)}: ${(error as Error).message}` }];
      }
    }),
    ...knowledge.flatMap(({ pattern }, index): FaultBetween[] => {
      try {
        new RegExp(pattern, 'iu');
        return [];
      } catch (error) {
        return [
          {
            path: ['knowledge', index, 'pattern'],
            message: `knowledge.${String(index)}.pattern ${show(pattern)} is no regular expression: ${(error as Error).message}`,
          },
        ];
      }
    }),
  ];
}

function doubles<K extends string>(
  list: 'skills' | 'agents' | 'hours' | 'virtualAgents',
  key: K,
  records: readonly Readonly<Record<K, number | string>>[],
): FaultBetween[] {
  const seen = new Set<number | string>();
  return records.flatMap((record, index): FaultBetween[] => {
    const id = record[key];
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: [list, index, key], message: `${key} ${String(id)} stands twice` }];
  });
}
