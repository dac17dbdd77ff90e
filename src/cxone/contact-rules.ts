/** The rules on contact ids that every operation on a contact shares. */
import type { Contact } from './model/contact.js';
import { PLACEHOLDER_CONTACT, readContactId } from './model/ids.js';
import { reject } from '../errors/catalogue.js';
import { describe, show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import type { IdCall, IdPlace } from './conversation-rules.js';
import { warnIfDropped } from './dropped-warnings.js';
import type { Call } from './handler.js';

/** The id as digits; throws CONTACT_ID_FORMAT or CONTACT_PLACEHOLDER. */
export function readContact(call: IdCall, text: string, place: IdPlace, state: TenantState): string {
  const contactId = readContactId(text);
  call.concern({ contactId: contactId ?? text });
  if (contactId === undefined) {
    throw reject('CONTACT_ID_FORMAT', {
      message: `${place.pointer.slice(place.pointer.lastIndexOf('/') + 1)} is not in the form of a contact id.`,
      ...place,
      expected: 'a contact id: a whole number up to 9223372036854775807, such as 463012345678',
      received: describe(text),
      remedy: adviseContactId(text, state),
    });
  }
  if (contactId === PLACEHOLDER_CONTACT) {
    throw reject('CONTACT_PLACEHOLDER', {
      message: `${PLACEHOLDER_CONTACT} is not a real contact.`,
      ...place,
      expected: 'the id of a contact that CXone opened',
      received: show(text),
      remedy:
        'Cognigy’s test chat and its Interaction Panel use this number where there is no contact. Test through a channel that CXone opened, and skip the call where the bot sees this number.',
    });
  }
  return contactId;
}

function adviseContactId(text: string, state: TenantState): string {
  const session = /^[0-9]+:([0-9]+)$/.exec(text.trim());
  if (session?.[1] !== undefined)
    return `This is an ocpSessionId, business unit and contact: send the part behind the colon, ${session[1]}.`;
  if (/^\s*[0-9]+\s*$/.test(text)) {
    return text.trim() === text
      ? 'This number is beyond int64: digits were added or glued on its way.'
      : `There is white space around the id: send ${text.trim()}.`;
  }
  if (/^[0-9](?:\.[0-9]+)?e\+?[0-9]+$/i.test(text.trim()) || /^[0-9]+\.[0-9]*$/.test(text.trim())) {
    return 'The id went through a floating-point number and lost its form: keep it as a string on the whole way.';
  }
  const conversation = state.conversation(text.trim());
  if (conversation !== undefined) {
    return `This is the id of a conversation. Send the contactId of the contact that it runs on: ${conversation.contactId}.`;
  }
  if (/^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(text.trim()))
    return 'A UUID is the id of a conversation: send the contactId, which the answer to the handover and the session data have.';
  if (/^\s*$|undefined|null|nan|\[object |\{|^:/i.test(text))
    return 'The variable that the id was taken from had no value: check it in the Cognigy node or the script that sends this.';
  const stored = state.attributesWith(text).find(({ owner }) => owner === 'contact');
  if (stored !== undefined) {
    return `This external id is stored as the attribute "${stored.name}" of a contact. CXone does not index it: send the id of that contact, ${stored.ownerId}.`;
  }
  return 'Send the contactId, which the answer to the handover and the session data have; a bot on the voice channel gets it in the header X-InContact-ContactId.';
}

/** The contact whose id stands in the path; throws where the id is malformed or nobody has it. */
export function contactInPath(call: Call, state: TenantState): Contact {
  return knownContact(call, call.pathParameters.contactId ?? '', { in: 'path', pointer: '/contactId' }, state);
}

/** The contact with this id; throws where the id is malformed or nobody has it. */
export function knownContact(call: Call, text: string, place: IdPlace, state: TenantState): Contact {
  const contactId = readContact(call, text, place, state);
  const contact = state.contact(contactId);
  if (contact !== undefined) {
    call.concern({ conversationId: contact.conversationId });
    return contact;
  }
  warnIfDropped(call, place, state);
  throw reject('CONTACT_UNKNOWN', {
    message: 'No contact has this id.',
    ...place,
    expected: `the id of a contact in the tenant ${call.tenant}`,
    received: show(contactId),
    remedy: `A contact exists once a conversation was opened on it: POST /_emulator/conversations {"contactId": "${contactId}"}, or the same object in the config file under "conversations"; or take the contactId from the answer when you open one. Another tenant’s contacts are not seen here.`,
  });
}
