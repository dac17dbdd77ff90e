/** The secrets of a recording: each has a name, which stands in the file instead of it. */
import { isNoId } from '../cxone/model/id-advice.js';
import { isNoValue } from './no-value.js';
import { holdsSecret, isSecretName, REDACTED, redactText } from '../trace/redact.js';

/** A piece of a text: as it stands, or what a template fills in. */
export type Piece = { readonly text: string } | { readonly code: string };

/** What a value is called in templates, where it is known to be one that an earlier answer gave. */
export type KnownValue = (value: string) => string | undefined;

/** Shorter ones stand in other texts by chance: only a whole value is replaced. */
const SHORTEST_WITHIN = 8;
const SHORTEST_MIXED_WITHIN = 4;
/** A password such as `password` stands in other texts with another meaning. */
const ORDINARY_WORD = /^[A-Za-z]{1,11}$/;

export class Secrets {
  readonly #byValue = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #further: ReadonlySet<string>;
  readonly #forms = new Forms();

  /** `further` are names of fields whose values are secrets, too. */
  constructor(further: readonly string[] = []) {
    this.#further = new Set(further.map((name) => name.toLowerCase()));
  }

  /** What they are called, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  isName(name: string): boolean {
    return this.#further.has(name.toLowerCase()) || isSecretName(name);
  }

  /** Whether the value under this name is a secret. What stands for no value is none, such as `undefined`. */
  holds(name: string, value: string): boolean {
    if (isNoValue(value)) return false;
    return this.#further.has(name.toLowerCase()) || holdsSecret(name, JSON.stringify(value));
  }

  holdsNumber(name: string, value: number): boolean {
    return this.#further.has(name.toLowerCase()) || holdsSecret(name, String(value));
  }

  /**
   * The name of a secret, the same for the same value: `RECORDED_CLIENT_SECRET`, then `RECORDED_CLIENT_SECRET_2`. What looks
   * as if nobody had filled it in, such as `<your key>` or `{key}`, is treated as that, and so is its name: `<RECORDED_PASSWORD>`.
   */
  nameOf(value: string, label: string): string {
    const known = this.#names.has(value) ? value : this.#byValue.get(value);
    if (known !== undefined) return known;
    const name = this.#newName(label, bracketsOf(value));
    this.#byValue.set(value, name);
    if (standsOut(value)) for (const form of formsOf(value)) this.#forms.add(form, name);
    return name;
  }

  /** A number for a secret that is one, such as a PIN. */
  numberFor(value: number, label: string): number {
    return 900_000 + this.names.indexOf(this.nameOf(String(value), label));
  }

  #newName(label: string, [opening, closing]: readonly [string, string]): string {
    const plain = label
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 40);
    const base = `RECORDED_${plain === '' ? 'SECRET' : plain}`;
    for (let number = 1; ; number += 1) {
      const name = `${opening}${number === 1 ? base : `${base}_${String(number)}`}${closing}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }

  /** A text whose own name says nothing, without what gives itself away in it and without the secrets that are known. */
  pieces(text: string, known: KnownValue): Piece[] {
    return this.#withoutTelling(text, known).flatMap((piece) =>
      'code' in piece || this.#names.has(piece.text) ? [piece] : [{ text: this.withoutKnown(piece.text) }],
    );
  }

  /** As the redactor of the traces sees it; what it hides gets a name. */
  #withoutTelling(text: string, known: KnownValue): Piece[] {
    const redacted = redactText(text);
    if (redacted === text) return [{ text }];
    const [first = '', ...others] = redacted.split(REDACTED);
    const values = valuesBetween(text, first, others);
    return [
      { text: first },
      ...others.flatMap((literal, index): Piece[] => {
        const value = values?.[index];
        const code = value === undefined ? undefined : known(value);
        if (code !== undefined) return [{ code }, { text: literal }];
        const name = this.nameOf(value ?? `${redacted}#${String(index)}`, labelBefore([first, ...others][index] ?? ''));
        return [{ text: name }, { text: literal }];
      }),
    ];
  }

  /** The text without the secrets that are known; what looks like one stays. */
  withoutKnown(text: string): string {
    const whole = this.#byValue.get(text);
    if (whole !== undefined) return whole;
    return this.#forms.in(text).reduce((rest, [form, name]) => rest.replaceAll(form, name), text);
  }

  /** The name of a secret that stands in the text, in whatever form; undefined where there is none. */
  within(text: string): string | undefined {
    return this.#forms.in(text)[0]?.[1];
  }
}

function bracketsOf(value: string): readonly [opening: string, closing: string] {
  if (!isNoId(value)) return ['', ''];
  return /^\s*\{[^]*\}\s*$/.test(value) ? ['{', '}'] : ['<', '>'];
}

function standsOut(value: string): boolean {
  if (ORDINARY_WORD.test(value)) return false;
  if (value.length >= SHORTEST_WITHIN) return true;
  return value.length >= SHORTEST_MIXED_WITHIN && /[0-9]/.test(value) && /[^0-9]/.test(value);
}

/** As it stands, as JSON and addresses write it, and in Base64. */
function formsOf(value: string): string[] {
  const sound = value.toWellFormed();
  const inJson = JSON.stringify(value).slice(1, -1);
  const encoded = encodeURIComponent(sound);
  const base64 = Buffer.from(sound).toString('base64');
  return [
    ...new Set([
      value,
      inJson,
      JSON.stringify(inJson).slice(1, -1),
      encoded,
      encoded.toLowerCase(),
      encodeURIComponent(encoded),
      encoded.replaceAll('%20', '+'),
      encodeURI(sound),
      base64,
      base64.replace(/=+$/, ''),
      Buffer.from(sound).toString('base64url'),
      Buffer.from(sound).toString('hex'),
    ]),
  ];
}

/** What stands for the secrets in a text. A session of a load test has thousands of them, most of which begin alike. */
class Forms {
  /** By the beginning, then by the length. */
  readonly #byBeginning = new Map<string, Map<number, Map<string, string>>>();

  add(form: string, name: string): void {
    const beginning = form.slice(0, SHORTEST_MIXED_WITHIN);
    const lengths = this.#byBeginning.get(beginning) ?? new Map<number, Map<string, string>>();
    this.#byBeginning.set(beginning, lengths);
    const forms = lengths.get(form.length) ?? new Map<string, string>();
    lengths.set(form.length, forms);
    if (!forms.has(form)) forms.set(form, name);
  }

  /** Those that stand in the text, the longest first. */
  in(text: string): readonly (readonly [form: string, name: string])[] {
    const found = new Map<string, string>();
    for (let at = 0; at + SHORTEST_MIXED_WITHIN <= text.length; at += 1) {
      const lengths = this.#byBeginning.get(text.slice(at, at + SHORTEST_MIXED_WITHIN));
      for (const [length, forms] of lengths ?? []) {
        const form = text.slice(at, at + length);
        const name = forms.get(form);
        if (name !== undefined) found.set(form, name);
      }
    }
    return [...found].sort(([one], [other]) => other.length - one.length);
  }
}

/** What was hidden between these pieces of the text; undefined where they do not fit, because the hiding changed more. */
function valuesBetween(text: string, first: string, others: readonly string[]): string[] | undefined {
  if (!text.startsWith(first)) return undefined;
  const values: string[] = [];
  let at = first.length;
  for (const [index, literal] of others.entries()) {
    const last = index === others.length - 1;
    const end = last ? (text.endsWith(literal) ? text.length - literal.length : -1) : text.indexOf(literal, at + 1);
    if (end <= at || (literal === '' && !last)) return undefined;
    values.push(text.slice(at, end));
    at = end + literal.length;
  }
  return values;
}

/** The name before a value, as in `"password": "` or `client_secret=`. */
function labelBefore(text: string): string {
  return /([A-Za-z][\w.-]{0,60})["'\\\s]*(?:[:=>]["'\\\s]*|\s)$/.exec(text.slice(-100))?.[1] ?? '';
}
