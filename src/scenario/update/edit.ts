/** Changes a value in the text of a YAML file, and nothing else: all other bytes stay, and so does what they mean. */
import { isDeepStrictEqual } from 'node:util';
import { isCollection, isScalar, isSeq, type Node, Scalar, type YAMLSeq } from 'yaml';
import type { Path } from '../patterns.js';
import { gone, type Item } from './list.js';
import { inYaml } from './literal.js';
import { parse, type Parsed, type Place, placeOf, rangeOf, usesOf } from './place.js';

export interface Change {
  readonly path: Path;
  /** What shall stand there. */
  readonly to: { readonly value: unknown } | { readonly items: readonly Item[]; readonly none: unknown };
}

/** In place of what stands from `start` to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Aliases and anchors on the way to a value; more than any file has. */
const MOST_SHARED = 100;

/** The text with the change; undefined where nothing but that cannot be had. */
export function withChange(text: string, change: Change): string | undefined {
  let now = text;
  for (let turn = 0; turn < MOST_SHARED; turn += 1) {
    const document = parse(now);
    const place = placeOf(document, change.path);
    if (place === undefined) return undefined;
    const unshared = alone(now, document, place);
    if (unshared === undefined) {
      const done = applied(now, editsFor(now, document, place.node, change.to));
      return isOnly(change, text, done) ? done : undefined;
    }
    now = unshared;
  }
  return undefined;
}

/** Makes the value this place’s own, so that no other changes with it; undefined where it is. */
function alone(text: string, document: Parsed, { node, shared, anchored }: Place): string | undefined {
  if (shared !== undefined) return applied(text, [replacing(text, node, inYaml(shared.toJS(document), document))]);
  for (const owner of anchored) {
    const [heir] = usesOf(document, owner);
    const anchor = 'anchor' in owner ? owner.anchor : undefined;
    if (heir === undefined || anchor === undefined) continue;
    // The first that shares it becomes the one that the others share.
    const [start] = rangeOf(owner);
    const sign = text.lastIndexOf(`&${anchor}`, start);
    const end = sign + anchor.length + 1;
    const behind = text.slice(end);
    const isLast = /^[ \t]*\r?\n/.test(behind);
    const gap = isLast ? 0 : (/^[ \t]*/.exec(behind)?.[0].length ?? 0);
    const begin = isLast ? text.slice(0, sign).trimEnd().length : sign;
    return applied(text, [
      { start: begin, end: end + gap, text: '' },
      replacing(text, heir, `&${anchor} ${inYaml(owner.toJS(document), document)}`),
    ]);
  }
  return undefined;
}

function editsFor(text: string, document: Parsed, node: Node, to: Change['to']): Edit[] {
  const whole = (value: unknown): Edit[] => [replacing(text, node, inYaml(value, document, node))];
  if ('value' in to) return whole(to.value);
  if (to.items.length === 0) return whole(to.none);
  if (!isSeq(node)) return whole(to.items.map((item) => ('value' in item ? item.value : undefined)));
  return (
    (node.flow === true ? inFlow(text, document, node, to.items) : inBlock(text, document, node, to.items)) ??
    whole(listed(node.toJS(document) as unknown[], to.items))
  );
}

function listed(before: readonly unknown[], items: readonly Item[]): unknown[] {
  return items.map((item) => ('old' in item ? before[item.old] : item.value));
}

/** The whole of a value. A list or an object in lines of its own gives way to text behind its name. */
function replacing(text: string, node: Node, by: string): Edit {
  const [start, end] = rangeOf(node);
  if (isScalar(node) && (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL)) {
    const block = text.slice(start, end);
    const comment = /^[|>][-+0-9]*([ \t]+#[^\r\n]*)/.exec(block)?.[1] ?? '';
    return { start, end, text: `${by}${comment}${block.endsWith('\n') ? endOfLine(text) : ''}` };
  }
  if (isCollection(node) && node.flow !== true) {
    const before = text.slice(0, start).trimEnd();
    const last = start + text.slice(start, end).trimEnd().length;
    const commented = before.slice(before.lastIndexOf('\n') + 1).includes('#');
    return commented ? { start, end: last, text: `  ${by}` } : { start: before.length, end: last, text: ` ${by}` };
  }
  return { start, end, text: start === end && text[start - 1] === ':' ? ` ${by}` : by };
}

/** `[A, B]`: what stands between two items stays with the second. */
function inFlow(text: string, document: Parsed, node: YAMLSeq, items: readonly Item[]): Edit[] {
  const [start] = rangeOf(node);
  const nodes = node.items as Node[];
  let reached = start + 1;
  const parts = nodes.map((item) => {
    const [from, until] = rangeOf(item);
    const between = text.slice(reached, from);
    const properties = /(?:[&!][^\s,[\]{}]*\s+)+$/.exec(between)?.[0] ?? '';
    reached = until;
    return { before: between.slice(0, between.length - properties.length), properties, text: text.slice(from, until) };
  });
  const lead = parts[0]?.before ?? '';
  const second = parts[1]?.before;
  const usual = second !== undefined && !second.includes('#') ? second : lead.includes('\n') ? `,${lead}` : ', ';
  const written = items.map((item, index) => {
    const known = parts['old' in item ? item.old : (item.instead ?? -1)];
    const like = 'old' in item ? undefined : nodes[item.instead ?? -1];
    const content = 'old' in item ? `${known?.properties ?? ''}${known?.text ?? ''}` : inYaml(item.value, document, like);
    const before = index === 0 ? lead : known !== undefined && known !== parts[0] ? known.before : usual;
    return before + content;
  });
  return [{ start: start + 1, end: reached, text: written.join('') }];
}

/** One item a line, or several lines an item. undefined where a dash does not begin its line. */
function inBlock(text: string, document: Parsed, node: YAMLSeq, items: readonly Item[]): Edit[] | undefined {
  const nodes = node.items as Node[];
  const token = node.srcToken;
  if (token?.type !== 'block-seq') return undefined;
  const lines = nodes.map((item, index) => {
    const dash = token.items[index]?.start.find(({ type }) => type === 'seq-item-ind')?.offset ?? 0;
    const [, end] = rangeOf(item);
    const begin = text.lastIndexOf('\n', dash - 1) + 1;
    const last = dash + text.slice(dash, Math.max(end, dash + 1)).trimEnd().length;
    const next = text.indexOf('\n', last);
    return { begin, indent: text.slice(begin, dash), end: next === -1 ? text.length : next + 1 };
  });
  const [first] = lines;
  if (first === undefined || lines.some(({ indent }) => indent.trim() !== '')) return undefined;
  const edits: Edit[] = gone(nodes.length, items).flatMap((index) => {
    const line = lines[index];
    return line === undefined ? [] : [{ start: line.begin, end: line.end, text: '' }];
  });
  const eol = endOfLine(text);
  let at = first.begin;
  for (const item of items) {
    const known = 'old' in item ? item.old : item.instead;
    const old = nodes[known ?? -1];
    if (known !== undefined) at = lines[known]?.end ?? at;
    if ('old' in item) continue;
    if (old !== undefined) edits.push(replacing(text, old, inYaml(item.value, document, old)));
    else {
      const broken = at === 0 || text[at - 1] === '\n';
      const line = `${first.indent}- ${inYaml(item.value, document)}`;
      edits.push({ start: at, end: at, text: broken ? `${line}${eol}` : `${eol}${line}` });
    }
  }
  return edits;
}

function endOfLine(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Those at the same place stand in their order. */
function applied(text: string, edits: readonly Edit[]): string {
  let done = '';
  let reached = 0;
  for (const { start, end, text: by } of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    done += text.slice(reached, start) + by;
    reached = Math.max(reached, end);
  }
  return done + text.slice(reached);
}

/** Whether the file means the same as before, but for the change. */
function isOnly({ path, to }: Change, before: string, after: string): boolean {
  const changed = meaningOf(after);
  if (changed === undefined) return false;
  const wanted = put(meaningOf(before), path, (old) => {
    if ('value' in to) return to.value;
    return to.items.length === 0 ? to.none : listed(Array.isArray(old) ? old : [], to.items);
  });
  return isDeepStrictEqual(changed, separate(wanted));
}

/** undefined where it is no YAML, such as for an alias whose anchor is gone. */
function meaningOf(text: string): unknown {
  const document = parse(text);
  if (document.errors.length + document.warnings.length > 0) return undefined;
  try {
    return separate(document.toJS());
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** What aliases share is shared no more. */
function separate(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** As far as there is something to put it into. */
function put(value: unknown, [step, ...rest]: Path, make: (old: unknown) => unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return make(value);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === Number(step) ? put(item, rest, make) : item));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === String(step) ? put(member, rest, make) : member]),
  );
}
