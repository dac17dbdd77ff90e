/** The rules of a stand-in bot, read from its file; every fault in it is told, with line and column. */
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { schemaFaults } from '../shared/schema-errors.js';
import { listed, oneOf, show } from '../shared/format.js';
import type { Template, Templates } from '../shared/templates.js';
import type { YamlFile } from '../shared/yaml-file.js';
import type { Branch } from './bot-schema.js';
import { validate } from './bot-validator.js';

/** What a turn is to the rules; `audio` only `any` takes. */
export type Occasion = 'start' | 'text' | 'silence' | 'leave' | 'audio';

export interface Rule {
  readonly line: number;
  readonly on: Exclude<Occasion, 'audio'> | 'any';
  readonly hears: RegExp | undefined;
  /** In which states; in all where there is none. */
  readonly states: readonly string[] | undefined;
  readonly then: string | undefined;
  readonly branch: Branch;
  readonly say: readonly Template[];
  readonly intent: Template | undefined;
  readonly confidence: number | undefined;
  readonly payload: Template | undefined;
  /** In seconds. */
  readonly wait: number | undefined;
  readonly error: BotError | undefined;
  readonly fails: Failure | undefined;
}

export interface BotError {
  readonly message: Template;
  readonly behavior: string;
  readonly say: readonly Template[];
}

/** How a bot breaks; `after` in seconds. */
export interface Failure {
  readonly status?: number;
  readonly body?: string;
  readonly hang?: true;
  readonly after?: number;
}

export interface BotRules {
  readonly name: string;
  readonly begin: string;
  readonly rules: readonly Rule[];
}

interface RuleObject {
  readonly on?: Rule['on'];
  readonly hears?: string;
  readonly in?: string | readonly string[];
  readonly say?: string | readonly string[];
  readonly then?: string;
  readonly branch?: Branch;
  readonly intent?: string;
  readonly confidence?: number;
  readonly payload?: object;
  readonly wait?: number;
  readonly error?: { readonly message: string; readonly behavior?: string; readonly say?: string | readonly string[] };
  readonly fails?: Failure;
}

interface BotObject {
  readonly name: string;
  readonly begin?: string;
  readonly rules: readonly RuleObject[];
}

type Path = readonly (string | number)[];

/** What templates may use. */
const SCOPE: readonly string[] = ['slots', 'input', 'payload', 'botConfig'];

/** What a rule says of an answer that is never sent where the bot breaks. */
const ANSWERING = ['say', 'then', 'branch', 'intent', 'confidence', 'payload', 'wait', 'error'] as const;

/** Throws FileFaults. */
export function readRules(file: YamlFile, templates: Templates): BotRules {
  const shape = faultInShape(file.value);
  if (shape !== undefined) throw new FileFaults([file.fault([], shape)]);
  if (!validate(file.value)) throw new FileFaults(schemaFaults(validate.errors ?? [], file));
  const { name, begin = 'start', rules } = file.value as BotObject;
  const faults: FileFault[] = [];
  const fault = (path: Path, message: string): void => {
    faults.push(file.fault(path, message));
  };
  const patterns = rules.map(({ hears }, index) =>
    hears === undefined
      ? undefined
      : readPattern(hears, (message) => {
          fault(['rules', index, 'hears'], message);
        }),
  );
  const slots = new Set(patterns.flatMap((pattern) => (pattern === undefined ? [] : groupsOf(pattern))));
  const requireNames = (path: Path, text: string): void => {
    for (const [root = '', member] of templates.names(text)) {
      if (!SCOPE.includes(root)) fault(path, `templates here have ${listed(SCOPE)}, not ${show(root)}`);
      else if (root === 'slots' && member !== undefined && !slots.has(member)) fault(path, noSuchSlot(member, slots));
    }
  };
  const templateAt = (path: Path, value: unknown): Template => {
    const before = faults.length;
    const template = templates.compile(value, (inside, message) => {
      fault([...path, ...inside], message);
    });
    if (faults.length === before) for (const { at, text } of textsIn(value)) requireNames([...path, ...at], text);
    return template;
  };
  const prompts = (path: Path, say: string | readonly string[] = []): Template[] =>
    typeof say === 'string' ? [templateAt(path, say)] : say.map((text, index) => templateAt([...path, index], text));

  const states = new Set([begin, ...rules.flatMap(({ then }) => then ?? [])]);
  const read = rules.map((rule, index): Rule => {
    const path = ['rules', index];
    const { hears, then, intent, confidence, payload, wait, error, fails } = rule;
    const on = rule.on ?? 'text';
    for (const { at, message } of contradictionsIn(rule)) fault([...path, at], message);
    for (const { at, state } of statesOf(rule.in))
      if (!states.has(state)) fault([...path, 'in', ...at], noSuchState(state, states, begin));
    if (rule.on === undefined && hears === undefined) fault(path, 'a rule must say when it answers: with on, or with hears');
    return {
      line: file.fault(path, '').line,
      on,
      hears: patterns[index],
      states: rule.in === undefined ? undefined : [rule.in].flat(),
      then,
      branch: rule.branch ?? (error !== undefined ? 'Error' : on === 'leave' ? 'EndContact' : 'PromptAndCollectNextResponse'),
      say: prompts([...path, 'say'], rule.say),
      intent: intent === undefined ? undefined : templateAt([...path, 'intent'], intent),
      confidence,
      payload: payload === undefined ? undefined : templateAt([...path, 'payload'], payload),
      wait,
      error:
        error === undefined
          ? undefined
          : {
              message: templateAt([...path, 'error', 'message'], error.message),
              behavior: error.behavior ?? 'ReturnControlToScriptThroughErrorBranch',
              say: prompts([...path, 'error', 'say'], error.say),
            },
      fails,
    };
  });
  if (faults.length > 0) throw new FileFaults(faults);
  return { name, begin, rules: read };
}

function contradictionsIn(rule: RuleObject): { readonly at: string; readonly message: string }[] {
  const { on, hears, branch, error, fails } = rule;
  const faults: { at: string; message: string }[] = [];
  if (hears !== undefined && (on === 'silence' || on === 'leave'))
    faults.push({ at: 'hears', message: `on: ${on} has no text that could be heard` });
  if (error !== undefined && branch !== undefined && branch !== 'Error')
    faults.push({ at: 'branch', message: `an error has the branch Error, not ${branch}: leave one of the two out` });
  const { hang, after, status, body } = fails ?? {};
  if (hang !== undefined && (after ?? status ?? body) !== undefined)
    faults.push({ at: 'fails', message: 'what hangs never answers: hang stands alone' });
  if ((hang ?? status ?? body) !== undefined)
    for (const at of ANSWERING.filter((name) => rule[name] !== undefined))
      faults.push({ at, message: `${at} cannot stand with fails: the rule’s own answer is never sent (only after sends it)` });
  return faults;
}

function statesOf(given: RuleObject['in'] = []): { readonly at: Path; readonly state: string }[] {
  return typeof given === 'string' ? [{ at: [], state: given }] : given.map((state, index) => ({ at: [index], state }));
}

function readPattern(hears: string, fault: (message: string) => void): RegExp | undefined {
  try {
    return new RegExp(hears, 'iu');
  } catch (error) {
    fault(`hears is no regular expression: ${(error as Error).message}`);
    return undefined;
  }
}

/** The names of its groups. An alternative that is empty always fits. */
function groupsOf({ source }: RegExp): string[] {
  return Object.keys(new RegExp(`${source}|`, 'u').exec('')?.groups ?? {});
}

function noSuchSlot(name: string, slots: ReadonlySet<string>): string {
  const near = nearMiss(name, slots);
  const there = slots.size === 0 ? 'no pattern has a named group' : `there are ${listed([...slots])}`;
  return `no pattern has a group (?<${name}>…) for slots.${name}; ${near === undefined ? there : `did you mean slots.${near}?`}`;
}

function noSuchState(name: string, states: ReadonlySet<string>, begin: string): string {
  const near = nearMiss(name, states);
  return `no rule leads to the state ${show(name)}, and the bot begins in ${show(begin)}; ${near === undefined ? `there are ${oneOf([...states])}` : `did you mean ${near}?`}`;
}

/** The texts in a value, at whatever depth. */
function textsIn(value: unknown): { readonly at: Path; readonly text: string }[] {
  if (typeof value === 'string') return [{ at: [], text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const members: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([step, member]) => textsIn(member).map(({ at, text }) => ({ at: [step, ...at], text })));
}

/** YAML has numbers that JSON does not have. */
function faultInShape(value: unknown): string | undefined {
  let fault: string | undefined;
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) fault ??= `${String(member)} is no number that JSON knows`;
    return member;
  });
  return fault;
}
