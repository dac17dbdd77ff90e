/** What the answers of an upstream say of settings: error bodies by family and status, the form of conversation ids, the status of signals. */
import { isDeepStrictEqual } from 'node:util';
import { type ConversationIdForm, conversationIds } from '../cxone/model/ids.js';
import { canBeSet, type Compared, jsonOf } from './drift.js';
import { parsedJson } from './json-text.js';

export interface LearnedSettings {
  readonly conversationId?: ConversationIdForm;
  readonly signalStatus?: number;
  readonly errors?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** So many ids are enough to see a form. */
const MOST_IDS = 1000;

export class Learned {
  readonly #ids = new Set<string>();
  /** By family and status, with how often each body came. */
  readonly #bodies = new Map<
    string,
    { readonly family: string; readonly status: number; readonly seen: { readonly body: unknown; times: number }[] }
  >();
  #signalStatus: number | undefined;

  /** `conversationId` is what the request named; `configured` are the error bodies of its family that are set. */
  look(compared: Compared, conversationId: string | undefined, configured: Readonly<Record<string, unknown>> = {}): void {
    const { upstream, own, family, operation } = compared;
    const body = jsonOf(upstream);
    if (upstream.status < 400) {
      if (conversationId !== undefined) this.#sawId(conversationId);
      if (family.name === 'conversations') for (const id of idsIn(body)) this.#sawId(id);
      if (
        operation?.operationId === 'signalContact' &&
        upstream.status !== own.status &&
        [200, 202, 204].includes(upstream.status) &&
        own.status < 300
      )
        this.#signalStatus = upstream.status;
      return;
    }
    if (!canBeSet(family, upstream.status, body)) return;
    const known = family.errors.get(upstream.status);
    const set = configured[String(upstream.status)];
    const usual = set === undefined ? [known?.body, ...Object.values(known?.named ?? {})] : [set];
    const ownBody: unknown = own.status === upstream.status && own.body !== null ? parsedJson(own.body) : undefined;
    if (isDeepStrictEqual(body, ownBody) || (ownBody === undefined && usual.some((one) => isDeepStrictEqual(one, body)))) return;
    this.#sawBody(family.name, upstream.status, body);
  }

  #sawId(id: string): void {
    if (this.#ids.size < MOST_IDS && id !== '' && id.length <= 256) this.#ids.add(id);
  }

  #sawBody(family: string, status: number, body: unknown): void {
    const key = `${family} ${String(status)}`;
    const place = this.#bodies.get(key) ?? { family, status, seen: [] };
    this.#bodies.set(key, place);
    const same = place.seen.find((one) => isDeepStrictEqual(one.body, body));
    if (same !== undefined) same.times += 1;
    else if (place.seen.length < 100) place.seen.push({ body, times: 1 });
  }

  /** What differs from `form`, and from the bodies and the status in use. `clean` takes secrets out of a body. */
  settings(form: ConversationIdForm, clean: (body: unknown) => unknown): LearnedSettings {
    const seen = formOf([...this.#ids]);
    const ids = conversationIds(form);
    const errors: Record<string, Record<string, unknown>> = {};
    for (const { family, status, seen: bodies } of this.#bodies.values()) {
      const [first] = bodies.toSorted((one, other) => other.times - one.times);
      if (first !== undefined) (errors[family] ??= {})[String(status)] = clean(first.body);
    }
    return {
      ...(seen === undefined || [...this.#ids].every((id) => ids.read(id) !== undefined) ? {} : { conversationId: seen }),
      ...(this.#signalStatus === undefined ? {} : { signalStatus: this.#signalStatus }),
      ...(Object.keys(errors).length === 0 ? {} : { errors }),
    };
  }

  /** Where the upstream had several bodies for one family and status, of which a setting has only the most frequent. */
  get ambiguous(): string[] {
    return [...this.#bodies.values()]
      .filter(({ seen }) => seen.length > 1)
      .map(({ family, status }) => `${family} ${String(status)}`);
  }
}

function idsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    name === 'conversationId' && typeof member === 'string' ? [member] : idsIn(member),
  );
}

const EVERY_FORM = ['uuid', 'decimal'] as const;

/** The narrowest form that all of them have; undefined where there are none. */
export function formOf(ids: readonly string[]): ConversationIdForm | undefined {
  const [first] = ids;
  if (first === undefined) return undefined;
  const known = EVERY_FORM.find((form) => ids.every((id) => conversationIds(form).read(id) !== undefined));
  if (known !== undefined) return known;
  const split = ids.map((id) => id.split(/([A-Za-z]+|[0-9]+)/));
  const shape = (parts: readonly string[]): string => parts.map((part) => (/^[0-9]/.test(part) ? '0' : part)).join('\n');
  // Letters that are the same in all of them, between digits of some number: CONV-12345678.
  const same = split.every((parts) => shape(parts) === shape(split[0] ?? []));
  const pattern =
    same && !mixed(first)
      ? (split[0] ?? [])
          .map((part, place) => (/^[0-9]/.test(part) ? `[0-9]${times(split.map((parts) => parts[place] ?? ''))}` : escaped(part)))
          .join('')
      : runs(ids);
  return { pattern, example: exampleOf(first) };
}

/** Whether letters and digits take turns, as in hexadecimal. */
function mixed(id: string): boolean {
  return /[A-Za-z][0-9]+[A-Za-z]/.test(id);
}

/** Letters and digits alike, with what sets them off where that is always the same. */
function runs(ids: readonly string[]): string {
  const split = ids.map((id) => id.split(/([A-Za-z0-9]+)/));
  const separators = (parts: readonly string[]): string => parts.filter((_, place) => place % 2 === 0).join('\n');
  const [first = []] = split;
  if (split.every((parts) => separators(parts) === separators(first)))
    return first
      .map((part, place) => {
        const texts = split.map((parts) => parts[place] ?? '');
        return place % 2 === 0 ? escaped(part) : `${classOf(texts.join(''))}${times(texts)}`;
      })
      .join('');
  const others = [...new Set(ids.join('').replace(/[A-Za-z0-9]/g, ''))].map(
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `[0-9A-Za-z${others.join('')}]${times(ids)}`;
}

function classOf(text: string): string {
  const lower = /[a-z]/.test(text) ? (/[g-z]/.test(text) ? 'a-z' : 'a-f') : '';
  const upper = /[A-Z]/.test(text) ? (/[G-Z]/.test(text) ? 'A-Z' : 'A-F') : '';
  return `[0-9${upper}${lower}]`;
}

function times(texts: readonly string[]): string {
  const lengths = texts.map(({ length }) => length);
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return least === most ? `{${String(least)}}` : `{${String(least)},${String(most)}}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Of the same form, and no id that anybody has. */
function exampleOf(id: string): string {
  return id.replace(/[0-9]/g, (digit) => String((Number(digit) + 1) % 10));
}
