/** The transcript service: what a bot posts at the end of a conversation that it led. */
import { describe, show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import { knownContact } from './contact-rules.js';
import type { Call, Operations } from './handler.js';

interface TranscriptBody extends Readonly<Record<string, unknown>> {
  readonly busId: string;
  readonly contactId: string;
}

const CONTACT = { in: 'body', pointer: '/contactId' } as const;

export function transcriptOperations(): Operations {
  return {
    postTranscript: {
      check(call, state) {
        knownContact(call, (call.body as TranscriptBody).contactId, CONTACT, state);
      },
      answer(call, state) {
        const content = call.body as TranscriptBody;
        const { contactId } = knownContact(call, content.contactId, CONTACT, state);
        warnIfOtherBusinessUnit(call, content.busId, '/busId', state);
        const before = state.transcripts().items.filter((transcript) => transcript.contactId === contactId).length;
        if (before > 0) warnRepeated(call, contactId, before);
        state.addTranscript({ contactId, receivedAt: call.now, content });
        return { status: 200, body: {} };
      },
    },
  };
}

/** For bodies that name the business unit: one of another is filed where nobody looks. */
export function warnIfOtherBusinessUnit(call: Call, given: string, pointer: string, { identity }: TenantState): void {
  const busNo = String(identity.busNo);
  if (given.trim() === busNo) return;
  call.warn('BUSINESS_UNIT_MISMATCH', {
    message: 'The business unit’s number is not that of this tenant.',
    in: 'body',
    pointer,
    expected: busNo,
    received: describe(given),
    remedy: `The tenant ${identity.name} has the number ${busNo} here; a bot gets it from Studio (executionInfo.busNo, or the part of ocpSessionId before the colon). It is let pass; in CXone this would be another customer’s, or nobody’s.`,
  });
}

function warnRepeated(call: Call, contactId: string, before: number): void {
  call.warn('TRANSCRIPT_REPEATED', {
    message: `Contact ${contactId} had ${before === 1 ? 'a transcript' : `${String(before)} transcripts`} already.`,
    ...CONTACT,
    expected: 'one transcript for a contact',
    received: show(contactId),
    remedy: 'All are kept here. What CXone makes of a second one is not known: check that the flow posts once.',
  });
}
