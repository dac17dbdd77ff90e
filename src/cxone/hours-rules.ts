/** The rules on profiles of hours of operation that every operation on one shares. */
import type { HoursProfile } from './model/hours.js';
import { reject } from '../errors/catalogue.js';
import { listed, show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
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
