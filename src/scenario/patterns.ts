/** What is expected of a value: a part of it, literally, or by a matcher such as `$any` or `{$matches: ^abc}`. */
import { nearMiss } from '../shared/did-you-mean.js';
import { describe, kindOf, oneOf, show } from '../shared/format.js';
import type { Scope, Template } from '../shared/templates.js';

export type Path = readonly (string | number)[];

/** Where what came is not what was expected. */
export interface Difference {
  /** In the scenario file, below the expectation. */
  readonly path: Path;
  /** In what came: `body /state`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** undefined where there is no value that the file could have there. */
  readonly came?: Came | undefined;
}

/** What came instead of what was expected, for whoever changes the file to it. */
export interface Came {
  /** undefined where nothing is there. */
  readonly value: unknown;
  /** Where it would stand in the file, if not at the place of the difference. */
  readonly at?: Path;
  /** Of a list: whether the item that the file has at this index fits one of those that came. */
  readonly fits?: (index: number, item: unknown) => boolean;
}

/** Says where a value differs; undefined stands for one that is not there. */
export type Comparison = (actual: unknown, at: Path) => Difference[];

/** An expectation as the file has it; what its templates say is known when it is looked at. */
export type Pattern = (scope: Scope) => Comparison;

export interface PatternTools {
  /** Texts in the value become templates. */
  readonly template: (path: Path, value: unknown) => Template;
  readonly fault: (path: Path, message: string) => void;
}

/** Matchers that stand alone, as a text. */
const WORDS = ['$any', '$absent'];
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const MATCHERS = ['$type', '$matches', '$length', '$contains', '$oneOf', '$exactly'];

/** How matchers look; `$5` or `$ref-1` do not. */
const LIKE_A_MATCHER = /^\$[A-Za-z]+$/;
const HOLDS_TEMPLATE = /\{\{|\{%/;

/** Tells every fault in it, with the path to it. */
export function compilePattern(value: unknown, tools: PatternTools, path: Path = []): Pattern {
  if (typeof value === 'string') return fromText(value, tools, path);
  if (Array.isArray(value)) return fromList(value, tools, path);
  if (typeof value !== 'object' || value === null) return () => (actual, at) => differencesOf(value, actual, path, at, false);
  const names = Object.keys(value);
  if (names.some((name) => LIKE_A_MATCHER.test(name))) return fromMatchers(value as Record<string, unknown>, tools, path);
  const members = Object.entries(value).map(([name, member]) => [name, compilePattern(member, tools, [...path, name])] as const);
  return (scope) => {
    const comparisons = members.map(([name, member]) => [name, member(scope)] as const);
    return (actual, at) => {
      if (kindOf(actual) !== 'an object')
        return [
          difference(path, at, names.length === 0 ? 'an object' : `an object with ${names.join(', ')}`, describe(actual), actual),
        ];
      const known = actual as Record<string, unknown>;
      return comparisons.flatMap(([name, comparison]) =>
        comparison(Object.hasOwn(known, name) ? known[name] : undefined, [...at, name]).map((found) =>
          withNear(found, name, known),
        ),
      );
    };
  };
}

/** `nothing` is explained where the member is there under a name that is nearly the same. */
function withNear(found: Difference, name: string, known: Readonly<Record<string, unknown>>): Difference {
  if (found.received !== 'nothing' || Object.hasOwn(known, name)) return found;
  const near = nearMiss(name, Object.keys(known));
  return near === undefined ? found : { ...found, received: `nothing; there is ${near}` };
}

function fromText(text: string, tools: PatternTools, path: Path): Pattern {
  if (text === '$any')
    return () => (actual, at) => (actual === undefined ? [difference(path, at, 'anything', 'nothing', actual)] : []);
  if (text === '$absent')
    return () => (actual, at) => (actual === undefined ? [] : [difference(path, at, 'nothing', describe(actual), actual)]);
  if (LIKE_A_MATCHER.test(text)) {
    tools.fault(
      path,
      MATCHERS.includes(text)
        ? `${text} needs a value: write ${EXAMPLES[text] ?? ''}`
        : `${unknownMatcher(text)} The text itself is { $exactly: ${show(text)} }`,
    );
  }
  const template = tools.template(path, text);
  return (scope) => {
    const expected = template(scope);
    return (actual, at) => differencesOf(expected, actual, path, at, false);
  };
}

function unknownMatcher(name: string): string {
  const near = nearMiss(name, [...WORDS, ...MATCHERS]);
  return `there is no matcher ${name}${near === undefined ? `; there are ${[...WORDS, ...MATCHERS].join(', ')}.` : `; did you mean ${near}?`}`;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  $type: '{ $type: string }',
  $matches: "{ $matches: '^[0-9]+$' }",
  $length: '{ $length: 2 }',
  $contains: '{ $contains: abc }',
  $oneOf: '{ $oneOf: [200, 202] }',
  $exactly: '{ $exactly: {} }',
};

function fromList(items: readonly unknown[], tools: PatternTools, path: Path): Pattern {
  const patterns = items.map((item, index) => compilePattern(item, tools, [...path, index]));
  return (scope) => {
    const comparisons = patterns.map((pattern) => pattern(scope));
    return (actual, at) => {
      if (!Array.isArray(actual)) return [difference(path, at, listOf(items), describe(actual), actual)];
      if (actual.length !== items.length) {
        const found = difference(path, at, listOf(items), `${listOf(actual)}: ${show(actual)}`, actual);
        const fits = (index: number, item: unknown): boolean => comparisons[index]?.(item, at).length === 0;
        return [{ ...found, came: { value: actual, fits } }];
      }
      return comparisons.flatMap((comparison, index) => comparison(actual[index], [...at, index]));
    };
  };
}

function listOf(items: readonly unknown[]): string {
  return items.length === 0
    ? 'an empty list'
    : items.length === 1
      ? 'a list of 1 item'
      : `a list of ${String(items.length)} items`;
}

/** All matchers of an object must hold. */
function fromMatchers(value: Readonly<Record<string, unknown>>, tools: PatternTools, path: Path): Pattern {
  const patterns = Object.entries(value).flatMap(([name, argument]): Pattern[] => {
    const here = [...path, name];
    if (!LIKE_A_MATCHER.test(name)) {
      tools.fault(
        here,
        `${show(name)} stands beside a matcher, which says all there is to say about a value: write one or the other`,
      );
      return [];
    }
    const make = MAKERS[name];
    if (make !== undefined) return [make(argument, tools, here)];
    tools.fault(here, WORDS.includes(name) ? `${name} stands alone, as a text: write '${name}'` : unknownMatcher(name));
    return [];
  });
  return (scope) => {
    const comparisons = patterns.map((pattern) => pattern(scope));
    return (actual, at) => comparisons.flatMap((comparison) => comparison(actual, at));
  };
}

type Maker = (argument: unknown, tools: PatternTools, path: Path) => Pattern;

const MAKERS: Readonly<Record<string, Maker>> = {
  $type(argument, tools, path) {
    if (typeof argument !== 'string' || !TYPES.includes(argument)) {
      const near = typeof argument === 'string' ? nearMiss(argument, TYPES) : undefined;
      tools.fault(
        path,
        `$type is ${show(argument)}; ${near === undefined ? `it must be ${oneOf(TYPES)}` : `did you mean ${near}?`}`,
      );
    }
    return () => (actual, at) =>
      isOf(String(argument), actual) ? [] : [difference(path, at, `of type ${String(argument)}`, describe(actual), actual)];
  },
  $matches(argument, tools, path) {
    if (typeof argument !== 'string')
      tools.fault(path, `$matches is ${show(argument)}; it must be a regular expression, as a text`);
    else if (!HOLDS_TEMPLATE.test(argument) && expressionOf(argument) === undefined)
      tools.fault(path, `$matches is ${show(argument)}, which is no regular expression`);
    const template = tools.template(path, argument);
    return (scope) => {
      const source = String(template(scope));
      const expression = expressionOf(source);
      return (actual, at) => {
        const expected = expression === undefined ? `a regular expression, not ${source}` : `a text that matches ${source}`;
        const holds = expression !== undefined && typeof actual === 'string' && expression.test(actual);
        return holds ? [] : [difference(path, at, expected, describe(actual), actual)];
      };
    };
  },
  $length(argument, tools, path) {
    if (typeof argument !== 'number' || !Number.isInteger(argument) || argument < 0)
      tools.fault(path, `$length is ${show(argument)}; it must be a whole number from 0 on`);
    return () => (actual, at) => {
      const length = typeof actual === 'string' || Array.isArray(actual) ? actual.length : undefined;
      if (length === argument) return [];
      const received = length === undefined ? describe(actual) : `${String(length)}: ${show(actual)}`;
      return [difference(path, at, `of length ${String(argument)}`, received, actual)];
    };
  },
  $contains(argument, tools, path) {
    const pattern = compilePattern(argument, tools, path);
    const template = typeof argument === 'string' && !LIKE_A_MATCHER.test(argument) ? tools.template(path, argument) : undefined;
    return (scope) => {
      const comparison = pattern(scope);
      const text = template?.(scope);
      return (actual, at) => {
        const holds =
          typeof actual === 'string'
            ? typeof text === 'string' && actual.includes(text)
            : Array.isArray(actual) && actual.some((item) => comparison(item, at).length === 0);
        return holds ? [] : [difference(path, at, `something that contains ${show(text ?? argument)}`, describe(actual), actual)];
      };
    };
  },
  $oneOf(argument, tools, path) {
    if (!Array.isArray(argument) || argument.length === 0) {
      tools.fault(path, `$oneOf is ${show(argument)}; it must be a list of what is taken`);
      return () => () => [];
    }
    const patterns = argument.map((item, index) => compilePattern(item, tools, [...path, index]));
    return (scope) => {
      const comparisons = patterns.map((pattern) => pattern(scope));
      return (actual, at) =>
        comparisons.some((comparison) => comparison(actual, at).length === 0)
          ? []
          : [
              difference(
                path,
                at,
                oneOf(argument.map((item) => show(item))),
                argument.some((item) => kindOf(item) === kindOf(actual)) ? show(actual) : describe(actual),
                actual,
              ),
            ];
    };
  },
  $exactly(argument, tools, path) {
    const template = tools.template(path, argument);
    return (scope) => {
      const expected = template(scope);
      return (actual, at) => differencesOf(expected, actual, path, at, true);
    };
  },
};

function isOf(type: string, actual: unknown): boolean {
  if (type === 'null') return actual === null;
  if (type === 'array') return Array.isArray(actual);
  if (type === 'integer') return Number.isInteger(actual);
  if (type === 'object') return kindOf(actual) === 'an object';
  return typeof actual === type;
}

function expressionOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

/** Compares with data, in which nothing is a matcher. `exact`: an object must have no other members. */
function differencesOf(expected: unknown, actual: unknown, path: Path, at: Path, exact: boolean): Difference[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return [difference(path, at, show(expected), show(actual), actual)];
    return expected.flatMap((item, index) => differencesOf(item, actual[index], path, [...at, index], exact));
  }
  if (kindOf(expected) === 'an object' && kindOf(actual) === 'an object') {
    const [wanted, known] = [expected, actual] as Record<string, unknown>[] as [Record<string, unknown>, Record<string, unknown>];
    const names = exact ? new Set([...Object.keys(wanted), ...Object.keys(known)]) : Object.keys(wanted);
    return [...names].flatMap((name) => differencesOf(ownOf(wanted, name), ownOf(known, name), path, [...at, name], exact));
  }
  if (expected === actual) return [];
  if (typeof expected === 'string' && typeof actual === 'string') return [betweenTexts(expected, actual, path, at)];
  const sameKind = kindOf(expected) === kindOf(actual);
  return [
    difference(path, at, sameKind ? show(expected) : describe(expected), sameKind ? show(actual) : describe(actual), actual),
  ];
}

function ownOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** So much of long texts is shown before the character where they part. */
const BEFORE = 20;

function betweenTexts(expected: string, actual: string, path: Path, at: Path): Difference {
  let same = 0;
  while (same < expected.length && expected[same] === actual[same]) same += 1;
  if (same <= 60) return difference(path, at, show(expected), show(actual), actual);
  const part = (text: string): string => `…${show(text.slice(same - BEFORE))}`;
  return difference(path, at, part(expected), part(actual), actual);
}

function difference(path: Path, at: Path, expected: string, received: string, value: unknown): Difference {
  return { path, where: placeOf(at), expected, received, came: { value } };
}

/** `body`, then a JSON Pointer. */
export function placeOf([part = '', ...steps]: Path): string {
  const pointer = steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return pointer === '' ? String(part) : `${String(part)} ${pointer}`;
}
