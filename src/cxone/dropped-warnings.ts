/** Says, where nothing was found, that it may have been here and was dropped. */
import type { Explanation } from '../errors/catalogue.js';
import type { TenantState } from './store/store.js';
import type { Call } from './handler.js';

export function warnIfDropped(call: Call, place: Pick<Explanation, 'in' | 'pointer'>, state: TenantState): void {
  if (!state.startedOver && state.dropped === 0) return;
  call.warn('STATE_DROPPED', {
    message: state.startedOver
      ? 'This tenant was idle for longest when there were too many, and was dropped with all that it held.'
      : `${String(state.dropped)} conversations of this tenant, the oldest, were dropped with their contacts.`,
    ...place,
    expected: 'what is still kept',
    received: 'what may have been dropped',
    remedy: state.startedOver
      ? 'Keep more tenants with --max-tenants, or use fewer: a tenant for each test file rather than for each test.'
      : 'Keep more with --max-conversations or --max-state-bytes, or reset the tenant between tests (POST /_emulator/reset). What the config seeds is never dropped.',
  });
}
