/** The rules on profiles of hours of operation that every operation on one shares. */
import type { HoursProfile } from '../contact/hours.js';
import { reject } from '../rejections.js';
import { listed, show } from '../shown.js';
import type { TenantState } from '../state/store.js';
import type { IdPlace } from './conversation-rules.js';

/** Throws HOURS_PROFILE_UNKNOWN. */
export function requireHours(profileId: number, place: IdPlace, state: TenantState): HoursProfile {
  const profile = state.hoursProfile(profileId);
  if (profile !== undefined) return profile;
  const known = state.hours().map((one) => `${String(one.profileId)} ${one.name}`);
  throw reject('HOURS_PROFILE_UNKNOWN', {
    message: 'No profile of hours of operation has this id.',
    ...place,
    expected: known.length === 0 ? 'a profile of this tenant, which has none' : `a profile of this tenant: ${listed(known)}`,
    received: show(profileId),
    remedy: `Name one of these, or add the profile: in the config file under "hours", or PUT /_emulator/hours/${String(profileId)}.`,
  });
}
