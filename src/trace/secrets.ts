/** Hides values that are secrets wherever they stand in a trace: as they are, encoded, and where the end of a text cuts them off. */
import { isSecretName, REDACTED } from './redact.js';

/** Takes a value of JSON and gives the same without the secrets. */
export type SecretsHider = <T>(value: T) => T;

/** Shorter ones stand in other texts by chance. */
const SHORTEST = 4;

const FLAG = /^(?:true|false|null|undefined|none|yes|no|on|off)$/i;
/** A word or a number such as `production` or `4001`, which stands in other texts, too. */
const PLAIN = /^(?:[a-z]{1,12}|[A-Z]?[a-z]{1,11}|[A-Z]{1,12}|[+-]?\d{1,7}(?:\.\d{1,7})?)$/;

/** Whether a value is to be hidden wherever it stands. A plain word or number is where its name says that it is a secret. */
export function isHideable(name: string, value: string): boolean {
  return (
    value.trim().length >= SHORTEST && !FLAG.test(value) && (!PLAIN.test(value) || isSecretName(name) || /_key$/i.test(name))
  );
}

/** undefined where there is nothing to hide. */
export function secretsHider(secrets: readonly string[]): SecretsHider | undefined {
  if (secrets.length === 0) return undefined;
  // What holds another form comes before it.
  const forms = [...new Set(secrets.flatMap(formsOf))].filter(({ length }) => length >= SHORTEST);
  forms.sort((one, other) => other.length - one.length);
  const anywhere = new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
  const hideText = (text: string): string => withoutCutOff(text.replace(anywhere, REDACTED), forms);
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string') return hideText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(hide);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [hideText(name), hide(member)]));
  };
  return <T>(value: T): T => hide(value) as T;
}

/** What a shortened text ends with: `…`, and how long it was. */
const SHORTENED = /"?…(?: \(\d+ characters\))?$/;
/** Bodies are cut after 8192 characters, some of which may have been hidden since, and nothing marks it. */
const LONG = 4096;

function withoutCutOff(text: string, forms: readonly string[]): string {
  const end = text.length >= LONG ? text.length : text.search(SHORTENED);
  if (end === -1) return text;
  const before = text.slice(0, end);
  for (const form of forms)
    for (let length = form.length - 1; length >= SHORTEST; length -= 1)
      if (before.endsWith(form.slice(0, length))) return before.slice(0, -length) + REDACTED + text.slice(end);
  return text;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    ...[secret, secret.toUpperCase(), secret.toLowerCase()].flatMap((cased) => [
      cased,
      inJson(cased),
      inJson(inJson(cased)),
      inHtml(cased),
    ]),
    ...inAddress(secret),
    bytes.toString('hex'),
    ...inBase64(bytes),
  ];
}

/** As `encodeURI`, `encodeURIComponent` and forms write it, in a query with the apostrophe, and as a query has it that was not encoded. */
function inAddress(text: string): string[] {
  const sound = text.toWellFormed();
  const component = encodeURIComponent(sound);
  const asQuery = new URL(`http://host/?${sound.replaceAll('#', '%23')}`).search.slice(1);
  return [encodeURI(sound), component, component.replaceAll('%20', '+'), asQuery].flatMap((form) => [
    form,
    form.replaceAll("'", '%27'),
  ]);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As the filter `escape` writes it. */
function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&${HTML[character] ?? ''};`);
}

const HTML: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': '#34', "'": '#39' };

/** A shorter one may stand in other encoded texts by chance. */
const SHORTEST_IN_BASE64 = 6;

/** Alone or in the midst of other bytes, such as `user:password`: without the characters that these have a part in. */
function inBase64(secret: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), secret]);
    const text = bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    if (text.length < SHORTEST_IN_BASE64) return [];
    return [text, text.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(text)];
  });
}
