/** Templates: LiquidJS with strict variables, whose values keep their type where a template is one whole expression. */
import type { Liquid } from 'liquidjs';
import { nearMiss } from './did-you-mean.js';
import { reject, type Rejection } from '../errors/catalogue.js';
import { kindOf, listed, show } from './format.js';

/** What templates may use, by name: `context`, `request`, `vars`, `conversation`, `contact`, `env`. */
export type Scope = Readonly<Record<string, unknown>>;

/** Makes a value; throws a Rejection where it cannot. */
export type Template = (scope: Scope) => unknown;

/** Whether it holds, and which of the variables in it are not there. */
export type Condition = (scope: Scope) => { readonly holds: boolean; readonly missing: readonly string[] };

export interface Templates {
  /** Texts in a value, at whatever depth, become templates. `fault` is told what does not parse, with the path to it. */
  compile(value: unknown, fault: (path: readonly (string | number)[], message: string) => void): Template;
  condition(text: string, fault: (message: string) => void): Condition;
  /** The variables that a text needs, each in its parts: `{{ captured.token }}` → `[['captured', 'token']]`. */
  names(text: string): string[][];
}

/** What incoming data may make a template do: in milliseconds, and in characters and items. */
const LONGEST_RENDERING = 1000;
const LARGEST_RENDERING = 4_000_000;

/** They read files. */
const FOREIGN_TAGS = ['include', 'render', 'layout', 'block'];

/** Tags whose outcome is text, in the midst of text or alone. */
const HOLDS_TEMPLATE = /\{\{|\{%/;
const WHOLE_EXPRESSION = /^\s*\{\{-?((?:(?!\{\{|\}\})[^])*?)-?\}\}\s*$/;

/** LiquidJS is loaded when the first script is. */
export async function createTemplates(): Promise<Templates> {
  const { Drop, Liquid: Engine } = await import('liquidjs');
  /** `nil` and its like are objects to LiquidJS. */
  const plain = (value: unknown): unknown => (value === undefined || value instanceof Drop ? null : value);
  /** An object in the midst of text would become "[object Object]". */
  const textOnly = (value: unknown): string => {
    const given = plain(value);
    if (Array.isArray(given)) return given.map(textOnly).join('');
    if (typeof given !== 'object' || given === null) return String((given as string | number | boolean | null) ?? '');
    throw new Error('an object stands in the midst of text: name one of its members, or write it as JSON with the filter json');
  };
  const liquid = new Engine({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    lenientIf: true,
    renderLimit: LONGEST_RENDERING,
    memoryLimit: LARGEST_RENDERING,
    outputEscape: textOnly,
  });
  for (const tag of FOREIGN_TAGS) Reflect.deleteProperty(liquid.tags, tag);

  const compileText = (text: string, fault: (message: string) => void): Template => {
    if (!HOLDS_TEMPLATE.test(text)) return () => text;
    const parsed = parse(liquid, text, (why) => {
      fault(`the template ${show(text)} does not parse: ${why}`);
    });
    if (parsed === undefined) return () => text;
    const expression = WHOLE_EXPRESSION.exec(text)?.[1]?.trim();
    return expression === undefined || expression === ''
      ? (scope) => rendered(text, scope, () => liquid.renderSync(parsed, scope) as unknown)
      : (scope) => rendered(text, scope, () => plain(liquid.evalValueSync(expression, scope)));
  };

  const compile: Templates['compile'] = (value, fault) => {
    if (typeof value === 'string')
      return compileText(value, (message) => {
        fault([], message);
      });
    if (typeof value !== 'object' || value === null) return () => value;
    const inside = (step: string | number, member: unknown): Template =>
      compile(member, (path, message) => {
        fault([step, ...path], message);
      });
    if (Array.isArray(value)) {
      const items = value.map((item, index) => inside(index, item));
      return (scope) => items.map((item) => item(scope));
    }
    const members = Object.entries(value).map(([name, member]) => [name, inside(name, member)] as const);
    return (scope) => Object.fromEntries(members.map(([name, member]) => [name, member(scope)]));
  };

  return {
    compile,
    names: (text) =>
      HOLDS_TEMPLATE.test(text) ? liquid.globalVariableSegmentsSync(text).map((segments) => segments.map(String)) : [],
    condition(text, fault) {
      const bare = WHOLE_EXPRESSION.exec(text)?.[1]?.trim() ?? text.trim();
      const slip = slipIn(bare);
      const unreadable = (why: string): void => {
        fault(`the condition ${show(bare)} cannot be read: ${why}`);
      };
      if (slip !== undefined) unreadable(slip);
      const parsed = slip === undefined ? parse(liquid, `{% if ${bare} %}1{% endif %}`, unreadable) : undefined;
      if (parsed === undefined) return () => ({ holds: false, missing: [] });
      const names = liquid.globalVariableSegmentsSync(`{{ ${bare} }}`).map((segments) => segments.map(String));
      return (scope) => ({
        holds: rendered(bare, scope, () => liquid.renderSync(parsed, scope) as unknown) === '1',
        missing: names.filter((segments) => !isThere(segments, scope)).map((segments) => segments.join('.')),
      });
    },
  };
}

function parse(liquid: Liquid, text: string, fault: (message: string) => void): ReturnType<Liquid['parse']> | undefined {
  try {
    return liquid.parse(text);
  } catch (error) {
    const message = withoutPlace(error as Error);
    const near = nearMiss(/^undefined filter: (.+)$/.exec(message)?.[1] ?? '', Object.keys(liquid.filters));
    fault(`${message}${near === undefined ? '' : `; did you mean ${near}?`}`);
    return undefined;
  }
}

const OPERATORS = ['==', '!=', '>', '<', '>=', '<=', 'contains', 'and', 'or', 'not'];

/** Two values beside each other; LiquidJS takes no notice of the second. */
const BESIDE = /(?<![\w.-])(?!(?:contains|and|or|not)\s)[\w.[\]"-]+\s+(?!(?:contains|and|or)\s)([\w"-][\w.-]*)/;

/** Slips that LiquidJS reads as something else; undefined where there is none. */
function slipIn(condition: string): string | undefined {
  const outside = condition.replace(/"[^"]*"|'[^']*'/g, '""');
  if (outside === '') return 'it is empty';
  if (/&&|\|\|/.test(outside)) return 'write and for &&, or for ||';
  if (/(?<![=!<>])=(?!=)/.test(outside)) return 'write == to compare';
  if (/===|!==/.test(outside)) return 'write == and !=';
  if (/!(?!=)/.test(outside)) return 'write not for !';
  if (/(?:[=<>]|\b(?:contains|and|or|not))\s*$/.test(outside)) return 'something must follow the last operator';
  const word = BESIDE.exec(outside)?.[1];
  return word === undefined ? undefined : `${show(word)} is no operator; there are ${OPERATORS.join(', ')}`;
}

/** LiquidJS counts lines and columns inside the template; here they count inside the file. */
function withoutPlace(error: Error): string {
  return error.message.replace(/, line:\d+, col:\d+$/, '');
}

function rendered(text: string, scope: Scope, render: () => unknown): unknown {
  try {
    return render();
  } catch (error) {
    const message = withoutPlace(error as Error);
    const missing = /^undefined variable: (.+)$/.exec(message)?.[1];
    if (missing !== undefined) throw variableMissing(missing, text, scope);
    throw reject('TEMPLATE_INVALID', {
      message: 'A template cannot be rendered.',
      in: null,
      pointer: null,
      expected: 'a template that can be rendered with what came',
      received: `${show(text)}: ${message}`,
      remedy: 'Look at the filters and loops of the template, and at what it was given.',
    });
  }
}

/** Where a name leads, as far as it leads anywhere. */
function follow(segments: readonly string[], scope: Scope): { readonly value: unknown; readonly depth: number } {
  let value: unknown = scope;
  for (const [depth, segment] of segments.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return { value, depth };
    value = (value as Record<string, unknown>)[segment];
  }
  return { value, depth: segments.length };
}

function isThere(segments: readonly string[], scope: Scope): boolean {
  const { value, depth } = follow(segments, scope);
  return depth === segments.length || !(typeof value === 'object' && value !== null && !Array.isArray(value));
}

function variableMissing(name: string, text: string, scope: Scope): Rejection {
  const segments = name.split('.');
  const { value, depth } = follow(segments, scope);
  const missing = asWritten(segments.slice(0, depth + 1));
  const fromBody = segments[0] === 'context';
  return reject('TEMPLATE_VARIABLE_MISSING', {
    message: `The template ${show(text)} needs ${missing}, which is not there.`,
    in: fromBody ? 'body' : segments[0] === 'request' && segments[1] === 'headers' ? 'header' : null,
    pointer: fromBody
      ? segments
          .slice(1, depth + 1)
          .map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`)
          .join('')
      : segments[1] === 'headers'
        ? `/${segments[2] ?? ''}`
        : null,
    expected: `a value for ${missing}`,
    received:
      depth === 0 ? `templates with ${listed(Object.keys(scope))} only` : within(asWritten(segments.slice(0, depth)), value),
    remedy: adviseMissing(segments, depth, value, scope),
  });
}

/** `vars.found.items[0]`. */
function asWritten(segments: readonly string[]): string {
  return segments
    .map((segment, index) => (/^\d+$/.test(segment) ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`))
    .join('');
}

/** So many names are told at most. */
const MOST_NAMES = 12;

function within(name: string, value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${name} that is ${kindOf(value)}`;
  if (Array.isArray(value) && value.length > 0)
    return `${name} with ${value.length === 1 ? 'one item' : `${String(value.length)} items`}`;
  const names = Object.keys(value);
  if (names.length === 0) return `${name}, which is empty`;
  return `${name} with ${listed(names.slice(0, MOST_NAMES))}${names.length > MOST_NAMES ? ' and more' : ''}`;
}

function adviseMissing(segments: readonly string[], depth: number, value: unknown, scope: Scope): string {
  const wanted = segments[depth] ?? '';
  const whole = asWritten(segments);
  const found = asWritten(segments.slice(0, depth));
  if (Array.isArray(value) && value.length === 0)
    return `The list ${found} is empty: ${segments[0] === 'vars' ? 'what was looked up was not found. See the action that set it, and what had to be stored before; ask' : 'the caller sent none. Ask'} whether there is one first, with an IF on ${found}.size > 0.`;
  const known = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const near = nearMiss(wanted, known);
  const before = segments
    .slice(0, depth)
    .map((segment) => `${segment}.`)
    .join('');
  if (near !== undefined) return `Did you mean ${before}${near}?`;
  if (depth === 0) {
    const place = Object.entries(scope).find(
      ([, part]) => typeof part === 'object' && part !== null && Object.hasOwn(part, wanted),
    );
    return place === undefined
      ? `Variables of the script stand below vars, what came below context: write vars.${wanted} or context.${wanted}.`
      : `Write ${place[0]}.${wanted}.`;
  }
  switch (segments[0]) {
    case 'context':
      return `The caller did not send it: send it, or give the template a value for that case: {{ ${whole} | default: "" }}.`;
    case 'vars':
      if (depth > 1)
        return `The variable ${segments[1] ?? ''} is set, but has no such part: see the action that set it, and what it got.`;
      return `No action on the way here set the variable ${wanted}: set it under variables, or with ASSIGN, before this action.`;
    case 'env':
      return `Scripts see only those environment variables that --script-env names: start with --script-env ${wanted}, and set ${wanted}.`;
    case 'conversation':
    case 'contact':
      return 'A webhook’s script runs on no contact: take the id from what came (context), or look it up.';
    default:
      return `Give the template a value for that case: {{ ${whole} | default: "" }}.`;
  }
}
