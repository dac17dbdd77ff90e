/** How values are written into a scenario: secrets by their names, what an earlier answer gave as a template, the rest as it is. */
import { isNoValue } from './no-value.js';
import { businessUnitName, type TenantIdentity } from '../cxone/model/ids.js';
import type { Piece, Secrets } from './secrets.js';

/** A value that templates know. */
interface Known {
  /** Such as `captured.access_token`. */
  readonly variable: string;
  readonly number: boolean;
}

/** Shorter ones stand in other texts by chance. */
const SHORTEST_WITHIN = 8;

/** Labels of a list of names and values: `{"name": "Authorization", "value": "…"}`. */
const LABELS = ['name', 'key', 'header', 'field', 'attribute'];

export class Wording {
  readonly secrets: Secrets;
  readonly #known = new Map<string, Known>();
  /** What may stand in the midst of a text, the longest first. */
  #within: readonly (readonly [text: string, code: string])[] = [];

  /** `bases` are the addresses by which callers came, with the tenant's prefix. */
  constructor(secrets: Secrets, identity: TenantIdentity, bases: readonly string[]) {
    this.secrets = secrets;
    this.#known.set(identity.tenantId, { variable: 'tenant.tenantId', number: false });
    this.#known.set(String(identity.busNo), { variable: 'tenant.busNo', number: true });
    this.#known.set(businessUnitName(identity), { variable: '"cxone-emulator " | append: tenant.name', number: false });
    this.#within = bases.map((base) => [base, 'base'] as const);
    this.#sort();
  }

  /** From now on this value is written as what `variable` holds. */
  know(value: string | number, variable: string): void {
    const known = { variable, number: typeof value === 'number' };
    this.#known.set(String(value), known);
    if (String(value).length >= SHORTEST_WITHIN) this.#within = [...this.#within, [String(value), inText(known)]];
    this.#sort();
  }

  knows(value: string): boolean {
    return this.#known.has(value);
  }

  #sort(): void {
    this.#within = [...this.#within].sort(([one], [other]) => other.length - one.length);
  }

  /** A text as a template; `name` is that of its field. */
  template(text: string, name = ''): string {
    return joined(this.pieces(text, name));
  }

  pieces(text: string, name = ''): Piece[] {
    const whole = this.#known.get(text);
    if (whole !== undefined) return [{ code: inText(whole) }];
    if (this.secrets.holds(name, text)) return [{ text: this.secrets.nameOf(text, name) }];
    const codeOf = (value: string): string | undefined => {
      const known = this.#known.get(value);
      return known === undefined ? undefined : inText(known);
    };
    return this.secrets.pieces(text, codeOf).flatMap((piece) => ('code' in piece ? [piece] : this.#split(piece.text)));
  }

  #split(text: string): Piece[] {
    for (const [part, code] of this.#within) {
      const at = text.indexOf(part);
      if (at === -1) continue;
      return [...this.#split(text.slice(0, at)), { code }, ...this.#split(text.slice(at + part.length))];
    }
    return text === '' ? [] : [{ text }];
  }

  /** A JSON value whose texts are templates. */
  value(value: unknown, name = ''): unknown {
    return this.#walk(value, name, false, {
      text: (text, label) => this.template(text, label),
      number: (one) => this.#number(one),
    });
  }

  /** A JSON value in a place that knows no templates. */
  plain(value: unknown, name = ''): unknown {
    const text = (one: string, label: string): string =>
      this.secrets.holds(label, one)
        ? this.secrets.nameOf(one, label)
        : this.secrets
            .pieces(one, () => undefined)
            .map((piece) => ('text' in piece ? piece.text : ''))
            .join('');
    return this.#walk(value, name, false, { text, number: (one) => one });
  }

  #number(value: number): unknown {
    const known = this.#known.get(String(value));
    if (known === undefined) return value;
    return known.number ? `{{ ${known.variable} }}` : `{{ ${known.variable} | plus: 0 }}`;
  }

  #walk(value: unknown, name: string, secret: boolean, write: Writer): unknown {
    if (typeof value === 'string') {
      if (secret && !isNoValue(value) && !this.knows(value)) return this.secrets.nameOf(value, name);
      return write.text(value, name);
    }
    if (typeof value === 'number')
      return this.secrets.isName(name) && (secret || this.secrets.holdsNumber(name, value))
        ? this.secrets.numberFor(value, name)
        : write.number(value);
    if (Array.isArray(value)) return value.map((item) => this.#walk(item, name, secret, write));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      this.labelled(value).map(([key, called, member]) => {
        const hidden = secret || (typeof member === 'object' && member !== null && this.secrets.isName(called));
        return [key, this.#walk(member, hidden && !this.secrets.isName(called) ? name : called, hidden, write)];
      }),
    );
  }

  /** The members of an object, each with what it is called: the value in a list of names and values as the name of a secret beside it. */
  labelled(object: object): (readonly [key: string, called: string, member: unknown])[] {
    const members = Object.entries(object) as [string, unknown][];
    const names = members.filter(([key]) => LABELS.includes(key)).map(([, member]) => member);
    const label = names.find((one): one is string => typeof one === 'string' && this.secrets.isName(one));
    return members.map(([key, member]) => [key, key === 'value' && label !== undefined ? label : key, member]);
  }
}

interface Writer {
  readonly text: (text: string, name: string) => unknown;
  readonly number: (value: number) => unknown;
}

function inText({ variable, number }: Known): string {
  return number ? `${variable} | append: ""` : variable;
}

/** The pieces as one template. */
export function joined(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ('code' in piece ? `{{ ${piece.code} }}` : literal(piece.text))).join('');
}

/** A text in which nothing is a template. */
function literal(text: string): string {
  if (!/\{\{|\{%/.test(text)) return text;
  return text.replace(/\{\{|\{%/g, (opening) => `{{ "${opening}" }}`);
}
