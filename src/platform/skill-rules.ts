/** The rules on skills that every operation on one shares. */
import { type Rejection, reject } from '../rejections.js';
import { show } from '../shown.js';
import type { TenantState } from '../state/store.js';
import type { IdPlace } from './conversation-rules.js';

export function skillUnknown(skillId: number, place: IdPlace, state: TenantState): Rejection {
  const known = state
    .skills()
    .slice(0, 10)
    .map((skill) => `${String(skill.skillId)} ${skill.name}`);
  return reject('SKILL_UNKNOWN', {
    message: 'No skill has this id.',
    ...place,
    expected: known.length === 0 ? 'a skill of the config file, which has none' : `a skill of this tenant: ${known.join(', ')}`,
    received: show(skillId),
    remedy: 'Send one of these, or add the skill to the config file under "skills".',
  });
}
