/** Opening a conversation: what the platform does when a customer arrives, with ids given for tests. */
import type { ConversationIds } from './model/ids.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { NewConversation, TenantState } from './store/store.js';
import { readContact } from './contact-rules.js';
import { type IdCall, readConversationId } from './conversation-rules.js';
import { requireSkill } from './skill-rules.js';

/** What was wanted, with its ids in their stored form; throws where one is malformed, taken or unknown. */
export function openable(wanted: NewConversation, ids: ConversationIds, call: IdCall, state: TenantState): NewConversation {
  let result = wanted;
  if (wanted.conversationId !== undefined) {
    const conversationId = readConversationId(
      call,
      wanted.conversationId,
      { in: 'body', pointer: '/conversationId' },
      ids,
      state,
    );
    if (state.conversation(conversationId) !== undefined) throw taken('conversationId', conversationId);
    result = { ...result, conversationId };
  }
  if (wanted.contactId !== undefined) {
    const contactId = readContact(call, wanted.contactId, { in: 'body', pointer: '/contactId' }, state);
    if (state.contact(contactId) !== undefined) throw taken('contactId', contactId);
    result = { ...result, contactId };
  }
  if (wanted.masterContactId !== undefined) {
    result = {
      ...result,
      masterContactId: readContact(call, wanted.masterContactId, { in: 'body', pointer: '/masterContactId' }, state),
    };
  }
  if (wanted.skillId !== undefined) requireSkill(wanted.skillId, { in: 'body', pointer: '/skillId' }, state);
  return result;
}

function taken(name: string, id: string): Rejection {
  return reject('CONTROL_INPUT_INVALID', {
    message: `This ${name} is taken.`,
    in: 'body',
    pointer: `/${name}`,
    expected: 'an id that is not in use',
    received: show(id),
    remedy: `Leave ${name} out to have one generated, give another one, or put the tenant back to its start with POST /_emulator/reset.`,
  });
}
