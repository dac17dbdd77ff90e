/** What arrived, to be looked at: signals and transcripts; and the revocation of the tokens issued so far. */
import type { Call, Operations, Reply } from '../cxone/handler.js';
import type { Kept } from '../cxone/store/store.js';

/** Where a list says no limit. */
export const DEFAULT_LIMIT = 100;

export function recordOperations(): Operations {
  return {
    listSignals: { answer: (call, state) => listOf(call, state.signals()) },
    listTranscripts: { answer: (call, state) => listOf(call, state.transcripts()) },
    revokeTokens: {
      answer(call, state) {
        state.revokeTokens(call.now);
        return { status: 204 };
      },
    },
  };
}

function listOf({ query }: Call, { items, dropped }: Kept<{ readonly contactId: string; readonly order: number }>): Reply {
  const { contactId, limit = DEFAULT_LIMIT } = query as { contactId?: string; limit?: number };
  const matching = items.filter((record) => contactId === undefined || record.contactId === contactId);
  const shown = matching.slice(0, limit).map(({ order: _, ...record }) => record);
  return { status: 200, body: { items: shown, total: matching.length, dropped } };
}
