/** Finds templates that nothing filled in. */
import { escapePointer } from './json-text.js';

/** A template that nothing filled in, as the whole of a text: `{{context.intent}}`, `{context.intent}`, `${intent}`. */
const UNRENDERED = /^\s*(?:\{\{[^]*\}\}|\$\{[^{}]*\}|\{[\p{L}\p{N}\s.$_|-]+\})\s*$/u;

/** JSON Pointers of the texts in a value that are unrendered templates. */
export function unrenderedTemplates(value: unknown): { readonly pointer: string; readonly text: string }[] {
  return holdsTemplate(value) ? locateTemplates(value, '') : [];
}

/** Nearly every value holds none: pointers are only made where one does. */
export function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{') && UNRENDERED.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.some(holdsTemplate) : Object.values(value).some(holdsTemplate);
}

function locateTemplates(value: unknown, pointer: string): { readonly pointer: string; readonly text: string }[] {
  if (typeof value === 'string') return holdsTemplate(value) ? [{ pointer, text: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => locateTemplates(member, `${pointer}/${escapePointer(key)}`));
}
