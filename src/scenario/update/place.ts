/** Finds the value in the text of a YAML file that a path leads to, and what of it other places share. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../patterns.js';

export type Parsed = Document.Parsed;

export interface Place {
  readonly node: Node;
  /** What stands at other places too: an alias on the way, or an object that has the next step from a merge key. */
  readonly shared: Alias | YAMLMap | undefined;
  /** All on the way that have an anchor, the outermost first. */
  readonly anchored: readonly Node[];
}

/** The text has been read before: it has no faults. */
export function parse(text: string): Parsed {
  return parseDocument(text, { keepSourceTokens: true, prettyErrors: false });
}

/** As far as the file goes: the code of a cause that is written as a text stands in the text. */
export function placeOf(document: Parsed, path: Path): Place | undefined {
  const anchored: Node[] = [];
  let node: Node | null | undefined = document.contents;
  for (const step of [...path, undefined]) {
    if (node == null) return undefined;
    if (isAlias(node)) return { node, shared: node, anchored };
    if ('anchor' in node) anchored.push(node);
    if (step === undefined || isScalar(node)) break;
    const member = memberOf(node, step);
    if (member === undefined && isMap(node) && hasMergeKey(node)) return { node, shared: node, anchored };
    node = member;
  }
  return node == null ? undefined : { node, shared: undefined, anchored };
}

function memberOf(node: Node, step: string | number): Node | null | undefined {
  if (isSeq(node)) return node.items[Number(step)] as Node | undefined;
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && String(pair.key) === String(step))?.value as Node | null | undefined;
}

/** Only where a file says that it is YAML 1.1 has `<<` this meaning. */
function hasMergeKey(node: YAMLMap): boolean {
  return node.items.some(({ key }) => isScalar(key) && typeof key.value === 'symbol');
}

/** The aliases that stand for this node, in their order. */
export function usesOf(document: Parsed, node: Node): Alias[] {
  const found: Alias[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === node) found.push(alias);
    },
  });
  return found;
}

/** Where a value begins and ends in the text, without what stands before it (an anchor, a tag) and behind it (a comment). */
export function rangeOf(node: Node): readonly [number, number] {
  const [start = 0, end = 0] = node.range ?? [];
  return [start, end];
}

const LIKE_A_MATCHER = /^\$[A-Za-z]+$/;
const HOLDS_TEMPLATE = /\{\{|\{%/;

/** Whether something in a value is more than itself: a matcher, a template, or neither. */
export function meaningOf(value: unknown): 'matcher' | 'template' | undefined {
  if (typeof value === 'string')
    return LIKE_A_MATCHER.test(value) ? 'matcher' : HOLDS_TEMPLATE.test(value) ? 'template' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.keys(value).some(isMatcher)) return 'matcher';
  return Object.values(value).reduce<'matcher' | 'template' | undefined>(
    (found, member) => found ?? meaningOf(member),
    undefined,
  );
}

export function isMatcher(step: string | number): boolean {
  return LIKE_A_MATCHER.test(String(step));
}
