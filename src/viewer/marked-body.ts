/** A body as text, in which the fields are marked that a finding points to. */
import { button, h, wireLines } from './dom.js';
import { laidOut, locate, type Place } from './json-text.js';

export interface Mark {
  readonly pointer: string;
  /** `error`, `warn` or `info`. */
  readonly level: string;
  readonly code: string;
  /** `line 1, column 12`, where the body is no JSON. */
  readonly at?: { readonly line: number; readonly column: number };
}

interface Placed extends Place {
  readonly mark: Mark;
}

/** The body, laid out where it is JSON; a button shows it as it was sent. */
export function markedBody(text: string, marks: readonly Mark[], name: string): HTMLElement {
  const neat = laidOut(text);
  const pre = h('pre', { class: 'body', tabindex: '0', 'aria-label': name });
  let isNeat = neat !== undefined && neat !== text;
  const fill = (): void => {
    const shown = isNeat ? (neat ?? text) : text;
    pre.replaceChildren(...pieces(shown, placed(shown, marks)));
  };
  fill();
  if (neat === undefined || neat === text) return h('div', { class: 'bodybox' }, pre);
  const toggle = button('As sent', () => {
    isNeat = !isNeat;
    toggle.textContent = isNeat ? 'As sent' : 'Laid out';
    fill();
  });
  toggle.className = 'quiet aside';
  return h('div', { class: 'bodybox' }, toggle, pre);
}

/** The lines around the first mark; undefined where it leads nowhere in this text. */
export function excerpt(text: string, mark: Mark): HTMLElement | undefined {
  const shown = laidOut(text) ?? text;
  const [place] = placed(shown, [mark]);
  if (place === undefined || shown.length > 8192) return undefined;
  const from = shown.lastIndexOf('\n', Math.max(0, shown.lastIndexOf('\n', place.start - 1) - 1)) + 1;
  const firstEnd = shown.indexOf('\n', place.missing === undefined ? place.end : place.start);
  const end = firstEnd === -1 ? shown.length : endOfNextLine(shown, firstEnd);
  const begin = Math.max(from, place.start - LONGEST_EXCERPT / 2);
  const cut = Math.min(end, begin + LONGEST_EXCERPT);
  const inside = { ...place, start: place.start - begin, end: Math.min(place.end, cut) - begin };
  return h('pre', { class: 'body excerpt', tabindex: '0', 'aria-label': 'where' }, ...pieces(shown.slice(begin, cut), [inside]));
}

/** In characters. */
const LONGEST_EXCERPT = 600;

function endOfNextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at + 1);
  return end === -1 ? text.length : end;
}

/** In order, and none within another. */
function placed(text: string, marks: readonly Mark[]): Placed[] {
  const found = marks.flatMap((mark): Placed[] => {
    const place = mark.at === undefined ? (mark.pointer === '' ? undefined : locate(text, mark.pointer)) : placeAt(text, mark.at);
    return place === undefined ? [] : [{ ...place, mark }];
  });
  found.sort((one, other) => one.start - other.start);
  return found.filter((place, index) => {
    const before = found[index - 1];
    return before === undefined || place.start >= lastOf(text, before);
  });
}

/** Of an object that lacks a member, its opening bracket is marked. */
function lastOf(text: string, { start, end, missing }: Place): number {
  return missing !== undefined && text[start] === '{' ? start + 1 : Math.max(end, start + 1);
}

/** Lines and columns count from 1, in characters of what was sent. */
function placeAt(text: string, { line, column }: { readonly line: number; readonly column: number }): Place | undefined {
  const lines = text.split('\n').slice(0, line);
  const last = lines.pop();
  if (last === undefined) return undefined;
  const start =
    lines.reduce((sum, one) => sum + one.length + 1, 0) +
    Array.from(last)
      .slice(0, column - 1)
      .join('').length;
  return { start, end: Math.min(start + 1, text.length) };
}

function pieces(text: string, places: readonly Placed[]): (Node | string)[] {
  const out: (Node | string)[] = [];
  let from = 0;
  for (const place of places) {
    const end = lastOf(text, place);
    const stretch = text.slice(place.start, end);
    out.push(
      wireLines(text.slice(from, place.start)),
      h(
        'mark',
        { class: place.mark.level, title: place.mark.code },
        stretch === '' || stretch === '\n' ? '␄' : wireLines(stretch),
      ),
    );
    if (place.missing !== undefined)
      out.push(
        h(
          'span',
          { class: 'missing' },
          text[place.start] === '{' ? ` ${wireLines(place.missing)} is missing here ` : ` not ${wireLines(place.missing)} `,
        ),
      );
    from = stretch === '' || stretch === '\n' ? place.start : end;
  }
  out.push(wireLines(text.slice(from)));
  return out;
}
