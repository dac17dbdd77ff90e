/** Whose attributes an action reads or writes: a contact, a user, or a conversation, which has those of its contact. */
import type { Attributes } from '../../cxone/model/contact.js';
import { reject, type RefusalCode, type Rejection } from '../../errors/catalogue.js';
import { show } from '../../shared/format.js';
import type { TenantState } from '../../cxone/store/store.js';
import type { Preparation, RunView } from '../action.js';
import { textOf } from './settings.js';
import type { JsonSchema } from '../../shared/json-schema.js';

const OWNERS = ['contact', 'user', 'conversation'] as const;
type OwnerKind = (typeof OWNERS)[number];

export const OWNER_SETTINGS: Readonly<Record<string, JsonSchema>> = { of: { enum: OWNERS }, id: {} };

/** Someone with attributes. */
export interface Owner {
  /** `contact 463012345678`. */
  readonly shown: string;
  readonly attributes: Attributes;
  write(attributes: Attributes): void;
}

/** Finds the owner within a unit of work; throws where there is none. */
export function prepareOwner({ settings, template }: Preparation): (run: RunView) => (state: TenantState) => Owner {
  const kind = (settings.of ?? 'contact') as OwnerKind;
  const id = template('id');
  return (run) => {
    const given = id === undefined ? undefined : textOf('id', id(run.scope()));
    return (state) => ownerIn(kind, given, run, state);
  };
}

function ownerIn(kind: OwnerKind, given: string | undefined, run: RunView, state: TenantState): Owner {
  if (kind === 'user') {
    const userId = given ?? run.contact()?.userId ?? undefined;
    const user = userId === undefined ? undefined : state.user(userId);
    if (user === undefined) throw unknown('USER_UNKNOWN', kind, userId, run);
    const write = (attributes: Attributes): void => {
      state.setUserAttributes(user.userId, attributes);
    };
    return { shown: `user ${user.userId}`, attributes: user.attributes, write };
  }
  const contactId = kind === 'contact' ? (given ?? run.contact()?.contactId) : contactOf(given, run, state);
  const contact = contactId === undefined ? undefined : state.contact(contactId);
  if (contact === undefined) throw unknown(kind === 'contact' ? 'CONTACT_UNKNOWN' : 'CONVERSATION_UNKNOWN', kind, given, run);
  const write = (attributes: Attributes): void => {
    state.setContactAttributes(contact.contactId, attributes);
  };
  return {
    shown: kind === 'contact' ? `contact ${contact.contactId}` : `conversation ${contact.conversationId}`,
    attributes: contact.attributes,
    write,
  };
}

function contactOf(conversationId: string | undefined, run: RunView, state: TenantState): string | undefined {
  return conversationId === undefined ? run.conversation()?.contactId : state.conversation(conversationId)?.contactId;
}

/** `id`: undefined where the run’s own was meant, and it has none. */
export function unknown(code: RefusalCode, kind: string, id: string | undefined, run: RunView): Rejection {
  return reject(code, {
    message: id === undefined ? `The script runs on no ${kind}.` : `No ${kind} has this id.`,
    in: null,
    pointer: null,
    expected: `the id of a ${kind} in the tenant ${run.tenant}`,
    received: show(id),
    remedy:
      id === undefined
        ? `A webhook’s script runs on no contact: name the ${kind} in the action${kind === 'conversation' ? ', such as conversation: "{{ context.sessionId }}"' : ', such as id: "{{ context.id }}"'}.`
        : 'Look at where the script took it from: an id of the bot’s own is not known to CXone.',
  });
}
