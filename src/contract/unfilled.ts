/** Finds values that nothing filled in: templates as they stand, and the words that a variable without a value turns into. */
import { escapePointer } from './json-text.js';

/** A template as the whole of a text: `{{context.intent}}`, `{context.intent}`, `${intent}`; not a UUID in braces. */
const TEMPLATE = /^\s*(?:\{\{[^]*\}\}|\$\{[^{}]*\}|\{(?![0-9a-f]{8}-[0-9a-f-]{27}\})[\p{L}\p{N}\s.$_|-]+\})\s*$/iu;

/** What JavaScript puts into a text for nothing, for a number that is none, and for an object. */
const WORD = /^\s*(?:undefined|null|NaN|\[object \w{1,20}\])\s*$/;

/** No word that stands for nothing is longer, with some white space. */
const LONGEST_WORD = 40;

export interface Unfilled {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly text: string;
  readonly kind: 'template' | 'word';
}

/** The texts in a value that are unfilled. */
export function unfilledValues(value: unknown): Unfilled[] {
  return holdsUnfilled(value) ? locate(value, '') : [];
}

export function isTemplate(text: string): boolean {
  return text.includes('{') && TEMPLATE.test(text);
}

function kindOfUnfilled(text: string): Unfilled['kind'] | undefined {
  if (isTemplate(text)) return 'template';
  return text.length <= LONGEST_WORD && WORD.test(text) ? 'word' : undefined;
}

/** Nearly every value holds none: pointers are only made where one does. */
function holdsUnfilled(value: unknown): boolean {
  if (typeof value === 'string') return kindOfUnfilled(value) !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.some(holdsUnfilled) : Object.values(value).some(holdsUnfilled);
}

function locate(value: unknown, pointer: string): Unfilled[] {
  if (typeof value === 'string') {
    const kind = kindOfUnfilled(value);
    return kind === undefined ? [] : [{ pointer, text: value, kind }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => locate(member, `${pointer}/${escapePointer(key)}`));
}
