/** Finds values that arrive as something else than was meant: templates as they stand, words for nothing, garbled texts, rounded numbers. */
import { isGarbled } from './garbled-text.js';
import { escapePointer } from '../shared/json-pointer.js';

/** A template as the whole of a text: `{{context.intent}}`, `{context.intent}`, `{global:intent}`, `${intent}`; not a UUID in braces. */
const TEMPLATE = /^\s*(?:\{\{[^]*\}\}|\$\{[^{}]*\}|\{(?![0-9a-f]{8}-[0-9a-f-]{27}\})(?:global:)?[\p{L}\p{N}\s.$_|-]+\})\s*$/iu;

/** What JavaScript puts into a text for nothing, for a number that is none, and for an object. */
const WORD = /^\s*(?:undefined|null|NaN|\[object \w{1,20}\])\s*$/;

/** No word that stands for nothing is longer, with some white space. */
const LONGEST_WORD = 40;

/** From here on a whole number is written with an exponent, and nobody means its last digits. */
const ROUND_NUMBER = 1e21;

export interface LostValue {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly value: string | number;
  readonly kind: 'template' | 'word' | 'garbled' | 'rounded';
}

/** Those in a value, in its order. */
export function lostValues(value: unknown): LostValue[] {
  return holdsLost(value) ? locate(value, '') : [];
}

export function isTemplate(text: string): boolean {
  return text.includes('{') && TEMPLATE.test(text);
}

function kindOfLoss(value: string | number): LostValue['kind'] | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < ROUND_NUMBER ? 'rounded' : undefined;
  if (isTemplate(value)) return 'template';
  if (value.length <= LONGEST_WORD && WORD.test(value)) return 'word';
  return isGarbled(value) ? 'garbled' : undefined;
}

/** Nearly every value holds none: pointers are only made where one does. */
function holdsLost(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return kindOfLoss(value) !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.some(holdsLost) : Object.values(value).some(holdsLost);
}

function locate(value: unknown, pointer: string): LostValue[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const kind = kindOfLoss(value);
    return kind === undefined ? [] : [{ pointer, value, kind }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => locate(member, `${pointer}/${escapePointer(key)}`));
}
