/** Custom attributes of contacts and users, and the lookups by which an external id is found again. */
import { type Attributes, changed, MOST_ATTRIBUTES, type User } from './model/contact.js';
import { isNoId } from './model/id-advice.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import { isSecretName, REDACTED } from '../trace/redact.js';
import { contactInPath } from './contact-rules.js';
import { viewOf } from './conversation-view.js';
import { warnIfDropped } from './dropped-warnings.js';
import type { Call, Operations, Reply, UnitOperation } from './handler.js';

type Changes = Readonly<Record<string, string | null>>;

/** So many matches are listed at most; `total` counts all. */
const MOST_ITEMS = 1000;

export function attributeOperations(): Operations {
  return {
    getContactAttributes: reading((call, state) => contactInPath(call, state).attributes),
    setContactAttributes: writing(
      (call, state) => contactInPath(call, state).attributes,
      (call, state, attributes) => {
        state.setContactAttributes(contactInPath(call, state).contactId, attributes);
      },
    ),
    getUserAttributes: reading((call, state) => userInPath(call, state).attributes),
    setUserAttributes: writing(
      (call, state) => userInPath(call, state).attributes,
      (call, state, attributes) => {
        state.setUserAttributes(userInPath(call, state).userId, attributes);
      },
    ),
    findContacts: finding('contacts', (name, value, state) =>
      state.contactsWith(name, value).map(({ contactId, masterContactId, conversationId, userId, attributes, createdAt }) => ({
        contactId,
        masterContactId,
        conversationId,
        userId,
        attributes,
        createdAt,
      })),
    ),
    findUsers: finding('users', (name, value, state) =>
      state.usersWith(name, value).map(({ userId, attributes, createdAt }) => ({ userId, attributes, createdAt })),
    ),
    findConversations: finding('conversations', (name, value, state) =>
      conversationsWith(name, value, state).map((conversation) => viewOf(conversation, state)),
    ),
  };
}

/** A conversation has the attributes of its contact; those of its user count too. */
function conversationsWith(name: string, value: string, state: TenantState): ReturnType<TenantState['conversationsOfUser']> {
  const found = new Map<string, ReturnType<TenantState['conversationsOfUser']>[number]>();
  for (const contact of state.contactsWith(name, value)) {
    const conversation = state.conversation(contact.conversationId);
    if (conversation?.contactId === contact.contactId) found.set(conversation.conversationId, conversation);
  }
  for (const user of state.usersWith(name, value)) {
    for (const conversation of state.conversationsOfUser(user.userId)) found.set(conversation.conversationId, conversation);
  }
  return [...found.values()].sort((one, other) => other.order - one.order);
}

function reading(read: (call: Call, state: TenantState) => Attributes): UnitOperation {
  return {
    check: read,
    answer: (call, state) => ({ status: 200, body: read(call, state) }),
  };
}

function writing(
  read: (call: Call, state: TenantState) => Attributes,
  write: (call: Call, state: TenantState, attributes: Attributes) => void,
): UnitOperation {
  return {
    check(call, state) {
      const count = Object.keys(changed(read(call, state), call.body as Changes)).length;
      if (count <= MOST_ATTRIBUTES) return;
      throw reject('SCHEMA_MISMATCH', {
        message: 'That would be too many attributes.',
        in: 'body',
        pointer: '',
        expected: `at most ${String(MOST_ATTRIBUTES)} attributes in all`,
        received: `a change after which there are ${String(count)}`,
        remedy: 'Remove attributes that are no longer needed, by setting them to null.',
        provenance: 'emulator',
      });
    },
    answer(call, state) {
      const attributes = changed(read(call, state), call.body as Changes);
      write(call, state, attributes);
      return { status: 200, body: attributes };
    },
  };
}

function finding(
  kind: 'contacts' | 'users' | 'conversations',
  find: (name: string, value: string, state: TenantState) => readonly object[],
): UnitOperation {
  return {
    answer(call, state): Reply {
      const { attribute, value } = call.query as { attribute: string; value: string };
      const items = find(attribute, value, state);
      if (items.length === 0) warnNoMatch(call, kind, attribute, value, state);
      if (items.length > 1) warnAmbiguous(call, kind, attribute, value, items.length);
      return { status: 200, body: { items: items.slice(0, MOST_ITEMS), total: items.length } };
    },
  };
}

/** A lookup by an attribute such as `token` must not carry its value into the trace. */
function shown(name: string, value: string): string {
  return isSecretName(name) ? REDACTED : show(value);
}

function warnNoMatch(call: Call, kind: string, name: string, value: string, state: TenantState): void {
  warnIfDropped(call, { in: 'query', pointer: '/value' }, state);
  call.warn('ATTRIBUTE_NO_MATCH', {
    message: `None of the ${kind} has ${shown(name, value)} as ${show(name)}.`,
    in: 'query',
    pointer: '/value',
    expected: `a value that is stored as the attribute ${show(name)}`,
    received: shown(name, value),
    remedy: adviseNoMatch(kind, name, value, state),
  });
}

function adviseNoMatch(kind: string, name: string, value: string, state: TenantState): string {
  const stored = state.attributesWith(value);
  const same = stored.find((one) => one.name === name);
  if (same !== undefined) return `It is stored so with the ${same.owner} ${same.ownerId}: look it up at /api/v2/${same.owner}s.`;
  const other = stored[0];
  if (other !== undefined)
    return `It is stored under another name, ${show(other.name)}, with the ${other.owner} ${other.ownerId}. Names are case-sensitive.`;
  const trimmed = value.trim();
  if (trimmed !== value && state.attributesWith(trimmed).length > 0)
    return `It is stored without the white space around it: ${show(trimmed)}.`;
  if (isNoId(value))
    return 'The value is empty, or a template or a variable that nothing filled in: check it where the lookup is built.';
  const owner = kind === 'users' ? 'users/{userId}' : 'contacts/{contactId}';
  return (
    `Nothing stores this value; a lookup sees only what was stored before it. Store it first, before the handover: ` +
    `PATCH /api/v2/${owner}/attributes with {${JSON.stringify(name)}: ${shown(name, value)}}.`
  );
}

function warnAmbiguous(call: Call, kind: string, name: string, value: string, count: number): void {
  call.warn('ATTRIBUTE_AMBIGUOUS', {
    message: `${String(count)} ${kind} have ${shown(name, value)} as ${show(name)}.`,
    in: 'query',
    pointer: '/value',
    expected: 'a value that one alone has',
    received: `${shown(name, value)}, which ${String(count)} have`,
    remedy:
      'The newest comes first. A script that takes the first one may take a stranger’s: store a value that is unique, or remove it when the conversation ends.',
  });
}

function userInPath(call: Call, state: TenantState): User {
  const userId = call.pathParameters.userId ?? '';
  const user = state.user(userId);
  if (user !== undefined) return user;
  warnIfDropped(call, { in: 'path', pointer: '/userId' }, state);
  throw reject('USER_UNKNOWN', {
    message: 'No user has this id.',
    in: 'path',
    pointer: '/userId',
    expected: `the id of a user in the tenant ${call.tenant}`,
    received: show(userId),
    remedy: `A user exists once a conversation was opened with it: POST /_emulator/conversations {"userId": ${JSON.stringify(userId)}}.`,
  });
}
