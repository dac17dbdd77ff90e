/** Hides values that are secrets wherever they stand in a trace: as they are, inside JSON, and encoded for an address. */
import { REDACTED } from './redact.js';

/** Takes a value of JSON and gives the same without the secrets. */
export type SecretsHider = <T>(value: T) => T;

/** Shorter ones stand in other texts by chance. */
const SHORTEST = 4;

/** undefined where there is nothing to hide. */
export function secretsHider(secrets: readonly string[]): SecretsHider | undefined {
  const forms = [...new Set(secrets.filter(({ length }) => length >= SHORTEST).flatMap(formsOf))];
  if (forms.length === 0) return undefined;
  // What holds another form comes before it.
  forms.sort((one, other) => other.length - one.length);
  const hideText = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, REDACTED), text);
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string') return hideText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(hide);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [hideText(name), hide(member)]));
  };
  return <T>(value: T): T => hide(value) as T;
}

function formsOf(secret: string): string[] {
  const sound = secret.toWellFormed();
  const encoded = encodeURIComponent(sound);
  return [secret, inJson(secret), inJson(inJson(secret)), encoded, encoded.replaceAll('%20', '+'), encodeURI(sound)];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
