/** The ids of the contact centre: the forms they have, how they are read, and how new ones are made. */
import { createHash } from 'node:crypto';

/**
 * The form of a conversation id. NiCE does not publish it, so it is a setting (assumed): `uuid`, `decimal`, or a pattern
 * with an example of it.
 */
export type ConversationIdForm = 'uuid' | 'decimal' | { readonly pattern: string; readonly example: string };

/** A conversation id's form, ready for use. */
export interface ConversationIds {
  /** In words, for `expected`: `a UUID such as …`. */
  readonly description: string;
  readonly example: string;
  /** The id as it is stored, or undefined where the text is not in the form. */
  read(text: string): string | undefined;
  /** A new id from random bytes (at least 32), or undefined where these bytes make none. */
  make(random: Buffer): string | undefined;
}

/** Longer texts are no ids, whatever a configured pattern says; it also keeps a slow pattern from being fed megabytes. */
const LONGEST_ID = 256;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_EXAMPLE = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
const DECIMAL = /^[1-9][0-9]{0,18}$/;
const DECIMAL_EXAMPLE = '7340021569871';

/** Throws a SyntaxError where `pattern` is no regular expression. */
export function conversationIds(form: ConversationIdForm): ConversationIds {
  if (form === 'uuid') {
    return {
      description: `a UUID such as ${UUID_EXAMPLE}`,
      example: UUID_EXAMPLE,
      read: (text) => (text.length === 36 && UUID.test(text) ? text.toLowerCase() : undefined),
      make: uuidFrom,
    };
  }
  if (form === 'decimal') {
    return {
      description: `a whole number of at most 19 digits such as ${DECIMAL_EXAMPLE}`,
      example: DECIMAL_EXAMPLE,
      read: (text) => (DECIMAL.test(text) ? text : undefined),
      make: (random) => String(1_000_000_000_000n + (random.readBigUInt64BE(0) % 9_000_000_000_000n)),
    };
  }
  const whole = new RegExp(`^(?:${form.pattern})$`, 'u');
  return {
    description: `an id in the form ${form.pattern}, such as ${form.example}`,
    example: form.example,
    read: (text) => (text.length <= LONGEST_ID && whole.test(text) ? text : undefined),
    make(random) {
      const candidate = varied(form.example, random);
      return whole.test(candidate) ? candidate : undefined;
    },
  };
}

/** A UUID of version 4 from the first 16 bytes. */
export function uuidFrom(random: Buffer): string {
  const bytes = Buffer.from(random.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const ALPHABETS = [
  [/[0-9]/, '0123456789'],
  [/[a-f]/, 'abcdef'],
  [/[g-z]/, 'ghijklmnopqrstuvwxyz'],
  [/[A-F]/, 'ABCDEF'],
  [/[G-Z]/, 'GHIJKLMNOPQRSTUVWXYZ'],
] as const;

/** The example with some of its letters and digits exchanged for others of their kind, so that fixed parts have a chance to stay. */
function varied(example: string, random: Buffer): string {
  const keepLeading = random.readUInt8(0) % example.length;
  return Array.from(example, (character, position) => {
    if (position < keepLeading) return character;
    const alphabet = ALPHABETS.find(([kind]) => kind.test(character))?.[1];
    return alphabet?.[random.readUInt8((position + 1) % random.length) % alphabet.length] ?? character;
  }).join('');
}

const INT64_MAX = 9223372036854775807n;

/** Cognigy's test chat sends this number where there is no contact (client). */
export const PLACEHOLDER_CONTACT = '100000000000';

/** A contact id as digits without leading zeros, or undefined where the text is not a whole number up to int64 (doc). */
export function readContactId(text: string): string | undefined {
  if (!/^[0-9]{1,64}$/.test(text)) return undefined;
  const digits = text.replace(/^0+(?=[0-9])/, '');
  return BigInt(digits) <= INT64_MAX ? digits : undefined;
}

/** 12 digits, as in practice (client). A tenant starts somewhere and counts up. */
export function contactIdAt(start: number, issued: number): string {
  return String(start + issued);
}

/** Where a tenant's contact ids start: 12 digits, with room for 10^11 more. */
export function contactIdStart(random: Buffer): number {
  return 400_000_000_000 + (random.readUIntBE(0, 6) % 100_000_000_000);
}

/** Who a tenant is to the platform. */
export interface TenantIdentity {
  readonly name: string;
  /** The tenant in UserHub. */
  readonly tenantId: string;
  /** The business unit's number in the ACD. */
  readonly busNo: number;
}

/** What the business unit of a tenant is called. */
export function businessUnitName({ name }: TenantIdentity): string {
  return `cxone-emulator ${name}`;
}

/** A tenant keeps its identity over restarts and resets, because clients cache tokens that name it; so it follows from the name. */
export function tenantIdentity(name: string): TenantIdentity {
  const digest = createHash('sha256').update(`cxone-emulator tenant ${name}`).digest();
  return { name, tenantId: uuidFrom(digest), busNo: 4_000_000 + (digest.readUInt32BE(16) % 1_000_000) };
}
