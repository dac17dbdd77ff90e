/** What a value that is no conversation id most likely is, and where the right one comes from. */
import { type ConversationIds, PLACEHOLDER_CONTACT, readContactId } from './ids.js';

/** What the tenant knows that can turn a wrong id into the right one. */
export interface KnownIds {
  conversationOfContact(contactId: string): string | undefined;
  hasConversation(conversationId: string): boolean;
  skillNamed(name: string): number | undefined;
  /** Where this value is stored as a custom attribute. */
  attributesWith(value: string): readonly StoredAttribute[];
}

export interface StoredAttribute {
  readonly owner: 'contact' | 'user';
  readonly ownerId: string;
  readonly name: string;
}

/** For stages that have no tenant at hand. */
export const NOTHING_KNOWN: KnownIds = {
  conversationOfContact: () => undefined,
  hasConversation: () => false,
  skillNamed: () => undefined,
  attributesWith: () => [],
};

/** A channel or thread id of digital chat: `chat_` and a UUID (client). */
const PREFIXED = /^([a-z]{2,12})[_:-](.+)$/i;
const OCP_SESSION = /^([0-9]{3,10}):([0-9]{5,19})$/;
const TEMPLATE = /\{\{[^]*\}\}|\$\{[^]*\}|<%[^]*%>|^\{[^]*\}$|^%[^%]+%$|^\$[A-Z_][A-Z0-9_]*$|^<[^>]+>$/;
const NO_VALUE = /^(undefined|null|nil|none|nan|n\/a)$/i;

/** Whether a text is what is left of an id that nothing filled in: empty, `undefined`, `{{…}}`. */
export function isNoId(text: string): boolean {
  const bare = text.slice(0, LONGEST_LOOKED_INTO).trim();
  return bare === '' || NO_VALUE.test(bare) || TEMPLATE.test(bare);
}

/** The names under which Cognigy and Studio keep their variables. */
const VARIABLE = /^(?:ci|cc|cp|cs|input|context|profile|vars)\.[\w.]+$/;

/**
 * The remedy for a value that was sent where a conversation id belongs, one sentence after the other; the last one says
 * that the form is assumed.
 */
export function adviseConversationId(value: unknown, ids: ConversationIds, known: KnownIds = NOTHING_KNOWN): string {
  return `${adviceFor(value, ids, known)} That a conversation id is ${ids.description} is assumed; the setting conversationId changes it.`;
}

function adviceFor(value: unknown, ids: ConversationIds, known: KnownIds): string {
  if (value === null) {
    return 'The bot had no id to send: check that the value is there when the request is built, and send the conversation id that CXone generated.';
  }
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? adviseDigits(String(value), known)
      : 'A JSON number this large loses digits, and an id is no number: send the id as a string, in double quotes.';
  }
  if (typeof value === 'object') return adviseAround(value, ids);
  if (typeof value !== 'string') return 'Send the conversation id that CXone generated, as a string.';
  return adviseText(value, ids, known);
}

/** So many members are looked at for one that is an id. */
const MOST_MEMBERS = 50;

function adviseAround(value: object, ids: ConversationIds): string {
  const around = Array.isArray(value) ? 'list' : 'object';
  for (const member of Object.values(value).slice(0, MOST_MEMBERS)) {
    const id = typeof member === 'string' ? ids.read(member) : undefined;
    if (id !== undefined) return `Send the id alone, as a string, without the ${around} around it: "${id}".`;
  }
  return `Send the id alone, as a string: pick the field that holds it instead of the ${around} around it.`;
}

/** Nothing that long is an id, or nearly one. */
const LONGEST_LOOKED_INTO = 1000;

function adviseText(text: string, ids: ConversationIds, known: KnownIds): string {
  if (text.length > LONGEST_LOOKED_INTO) {
    return `These are ${String(text.length)} characters: a whole text or object was put where the id alone belongs. Pick the field that holds the id.`;
  }
  const bare = text.trim();
  if (bare === '') {
    return 'The id is empty: the variable that it was taken from had no value when the request was built. Check it in the Cognigy node or the script that sends this.';
  }
  const trimmed = ids.read(bare);
  if (trimmed !== undefined) return `There is white space around the id: send "${trimmed}".`;
  const unwrapped = ids.read(bare.replace(/^(?:urn:uuid:|["'{[(<]+)|["'}\])>]+$/gi, ''));
  if (unwrapped !== undefined) return `The id is wrapped in other characters: send "${unwrapped}".`;
  if (NO_VALUE.test(bare)) {
    return `"${bare}" is what a variable without a value turns into: set it before the request is built, in the Cognigy node or the script that sends this.`;
  }
  if (bare.includes('[object ')) {
    return 'An object was put where its text belongs: pick the field that holds the id, such as context.sessionId, instead of the object around it.';
  }
  if (TEMPLATE.test(bare)) {
    return 'The template was sent as it stands: nothing filled it in. In Cognigy, check that the field takes CognigyScript and that the payload type is JSON; in a Studio script, define the body as an object whose values are templates.';
  }
  if (VARIABLE.test(bare)) {
    return `"${bare}" is the name of a variable, not its value: in Cognigy write it as {{${bare}}} in a field that takes CognigyScript, in a Studio script as {{ ${bare} }}.`;
  }
  const digits = readContactId(bare);
  if (digits !== undefined) return adviseDigits(digits, known);
  const session = OCP_SESSION.exec(bare);
  if (session?.[2] !== undefined) {
    return `This is an ocpSessionId: business unit ${session[1] ?? ''} and contact ${session[2]}. ${conversationOf(session[2], known)}`;
  }
  const stored = known.attributesWith(text);
  if (stored[0] !== undefined) return adviseStored(text, stored[0], known);
  const rest = PREFIXED.exec(bare);
  const prefixed = rest?.[2] === undefined ? undefined : ids.read(rest[2]);
  if (rest?.[1] !== undefined && prefixed !== undefined && !known.hasConversation(prefixed)) {
    return `This is the id of a ${rest[1].toLowerCase() === 'chat' ? 'chat channel' : rest[1]}, not of a conversation. Send the conversation id that CXone generated.`;
  }
  return (
    adviseDamaged(bare, ids) ??
    'This looks like the bot’s own session id, which CXone does not index. Send the conversation id that CXone generated. ' +
      'Where the bot knows only its own id, store that as a custom attribute of the contact beforehand, and look the conversation up by it: ' +
      `GET /api/v2/conversations?attribute=externalSessionId&value=${encodeURIComponent(bare.slice(0, 64).toWellFormed())}.`
  );
}

/** An id that something was done to on its way. */
function adviseDamaged(text: string, ids: ConversationIds): string | undefined {
  const decoded = ids.read(percentDecoded(text));
  if (decoded !== undefined) return `The id is URL-encoded: send "${decoded}".`;
  const foreign = adviseForeignCharacter(text, ids);
  if (foreign !== undefined) return foreign;
  const unpacked = ids.read(base64Decoded(text));
  if (unpacked !== undefined) return `The id is in Base64: send "${unpacked}".`;
  const inside = UUID_INSIDE.exec(percentDecoded(text))?.[0];
  const contained = inside === undefined ? undefined : ids.read(inside);
  return contained === undefined ? nearlyUuid(text, ids) : `The id stands inside a longer text: send "${contained}" alone.`;
}

const UUID_INSIDE = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** An id that looks right and is not: with a character that cannot be seen, or that looks like another one. */
function adviseForeignCharacter(text: string, ids: ConversationIds): string | undefined {
  const foreign = /[^\x20-\x7e]/u.exec(text)?.[0];
  if (foreign === undefined || text.length > 2 * ids.example.length) return undefined;
  const code = `U+${(foreign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const plain = ids.read(
    text
      .replace(/[\p{Cf}\p{Cc}\p{Z}]/gu, '')
      .replace(/\p{Pd}/gu, '-')
      .normalize('NFKC'),
  );
  if (plain !== undefined)
    return `The id has a character in it that does not belong there, ${code}: send "${plain}". It may have come along when the id was copied.`;
  return text.length === ids.example.length
    ? `The id has a character in it that only looks like a plain one, ${code}: copy the id from where CXone shows it.`
    : undefined;
}

function adviseDigits(digits: string, known: KnownIds): string {
  if (digits === PLACEHOLDER_CONTACT) {
    return `${PLACEHOLDER_CONTACT} is the placeholder contact of Cognigy’s test chat: there is no conversation behind it. Test through a channel that CXone opened.`;
  }
  return `A whole number like this is a contact id; a contact and its conversation have different ids. ${conversationOf(digits, known)}`;
}

function conversationOf(contactId: string, known: KnownIds): string {
  const conversationId = known.conversationOfContact(contactId);
  return conversationId === undefined
    ? 'Send the id of the conversation that runs on this contact.'
    : `The conversation on this contact is "${conversationId}": send that.`;
}

function adviseStored(value: string, stored: StoredAttribute, known: KnownIds): string {
  const lookUp = `GET /api/v2/conversations?attribute=${encodeURIComponent(stored.name.toWellFormed())}&value=${encodeURIComponent(value.toWellFormed())}`;
  const conversationId = stored.owner === 'contact' ? known.conversationOfContact(stored.ownerId) : undefined;
  return (
    `This external id is stored as the attribute "${stored.name}" of ${stored.owner} ${stored.ownerId}. Look the conversation up by it first (${lookUp}) ` +
    `and send the conversationId of the answer${conversationId === undefined ? '' : `: "${conversationId}"`}.`
  );
}

function nearlyUuid(text: string, ids: ConversationIds): string | undefined {
  const hex = text.replaceAll('-', '');
  if (/^[0-9a-f]{32}$/i.test(hex)) {
    const dashed = ids.read(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
    return dashed === undefined ? undefined : `The dashes of the UUID are missing or misplaced: send "${dashed}".`;
  }
  if (ids.read(ids.example)?.length !== 36) return undefined;
  if (/^[0-9a-f-]{24,48}$/i.test(text) && text.includes('-')) {
    return `This is a UUID with ${String(hex.length)} hex digits instead of 32: it was cut or glued on its way. Send it whole.`;
  }
  return adviseNoHexDigit(text, ids);
}

/** Digits that letters are taken for where an id is typed from a screen or read by a machine. */
const LOOKALIKES: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1', s: '5', z: '2' };

function adviseNoHexDigit(text: string, ids: ConversationIds): string | undefined {
  if (!/^[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}$/i.test(text)) return undefined;
  const at = text.search(/[g-z]/i);
  const meant = ids.read(text.toLowerCase().replace(/[oilsz]/g, (letter) => LOOKALIKES[letter] ?? letter));
  return `A UUID has the digits 0 to 9 and a to f only; character ${String(at + 1)} is "${text[at] ?? ''}". ${
    meant === undefined ? 'Copy the id from where CXone shows it.' : `Perhaps "${meant}" is meant.`
  }`;
}

function base64Decoded(text: string): string {
  return /^[\w+/-]{20,}={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : '';
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
