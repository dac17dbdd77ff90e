/** Makes text from the wire safe to print: what would steer a terminal or turn its direction is shown as an escape. */

/** Controls, format characters such as the marks that reorder text, line and paragraph separators, halves of surrogate pairs. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function printable(text: string): string {
  return text.replace(STEERING, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
