/** Contacts and users, and the custom attributes by which an external id is found again. */

/** Custom attributes: a flat object of name to text. */
export type Attributes = Readonly<Record<string, string>>;

/** What can have custom attributes. */
export type AttributeOwner = 'contact' | 'user';

export interface Contact {
  /** Digits, up to int64. */
  readonly contactId: string;
  /** The contact that the customer opened; a spawned script has a contact of its own and the same master. */
  readonly masterContactId: string;
  readonly conversationId: string;
  readonly userId: string | null;
  readonly order: number;
  readonly attributes: Attributes;
  readonly createdAt: string;
}

export interface User {
  readonly userId: string;
  readonly order: number;
  readonly attributes: Attributes;
  readonly createdAt: string;
}

/** A contact or a user keeps at most this many attributes: the emulator's own bound, so that memory stays flat. */
export const MOST_ATTRIBUTES = 1000;

/** The attributes after the change; null removes. Names such as `__proto__` are data like any other. */
export function changed(attributes: Attributes, changes: Readonly<Record<string, string | null>>): Attributes {
  const result = new Map(Object.entries(attributes));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) result.delete(name);
    else result.set(name, value);
  }
  return Object.fromEntries(result);
}
