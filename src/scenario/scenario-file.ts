/** Reads a scenario from its file; every fault in it is told at once, with line and column. */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { type FileFault, FileFaults } from '../file-faults.js';
import { nearMiss } from '../near-miss.js';
import { CATALOGUE } from '../rejections.js';
import { schemaFaults } from '../schema-faults.js';
import { listed, show } from '../shown.js';
import type { Template, Templates } from '../studio/templates.js';
import type { YamlFile } from '../yaml-file.js';
import { compilePattern, type Path, type Pattern, type PatternTools } from './patterns.js';
import type { Capture, Expectation, Given, RequestPlan, Scenario, Step, TraceExpectation } from './scenario.js';
import { SCENARIO_SCHEMA } from './scenario-schema.js';

type Row = Readonly<Record<string, unknown>>;

interface GivenObject {
  readonly settings?: Row;
  readonly scripts?: string;
  readonly credentials?: readonly Row[];
  readonly hours?: readonly Row[];
  readonly skills?: readonly Row[];
  readonly agents?: readonly Row[];
  readonly conversations?: readonly Row[];
  readonly attributes?: { readonly contacts?: Readonly<Record<string, Row>>; readonly users?: Readonly<Record<string, Row>> };
}

interface RequestObject {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number | null>>;
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly bodyFile?: string;
}

type ExpectObject = Row;

interface StepObject {
  readonly name: string;
  readonly request?: RequestObject;
  readonly signal?: { readonly contactId: string | number; readonly parameters?: readonly (string | number)[] };
  readonly wait?: { readonly until: ExpectObject; readonly request?: RequestObject; readonly atMost?: number };
  readonly repeat?: { readonly times: number; readonly steps: readonly StepObject[] };
  readonly expect?: ExpectObject;
  readonly capture?: Readonly<Record<string, string>>;
}

interface ScenarioObject {
  readonly name: string;
  readonly given?: GivenObject;
  readonly steps: readonly StepObject[];
}

const ajv = new Ajv({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
const validate = ajv.compile(SCENARIO_SCHEMA);

const KINDS = ['request', 'signal', 'wait', 'repeat'] as const;
/** In seconds. */
const PATIENCE = 5;

/** What every template may use; a token, too, unless it captures: those see the answer. */
const NAMES = ['captured', 'env', 'base', 'tenant'];
const NAMES_OF_ANSWER = ['body', 'headers', 'status', 'traceId'];
/** What is told about the answer of a request, which a step without one has not. */
const OF_AN_ANSWER = ['status', 'headers', 'body', 'cause', 'warnings', 'calls'];
/** These the tenant of a scenario cannot have, or would meet those of others. */
const NOT_FOR_SCENARIOS = ['port', 'host', 'publicUrl', 'traceFile', 'traceFileSize', 'logLevel', 'scripts', 'credentials'];

/** Throws FileFaults. */
export function readScenario(file: YamlFile, templates: Templates): Scenario {
  if (isScript(file.value))
    throw new FileFaults([file.fault([], 'this is a Studio script, no scenario: it has actions, and no steps')]);
  if (!validate(file.value)) throw new FileFaults(schemaFaults(validate.errors ?? [], file));
  return new Reading(file, templates).scenario(file.value as ScenarioObject);
}

/** Whether a file is a Studio script, which stands in a folder of its own. */
function isScript(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'actions' in value && !('steps' in value);
}

/** Where a template stands, and what it may use there. */
interface Surroundings {
  /** Names that are captured by then. */
  readonly captured: Set<string>;
  readonly inRepeat: boolean;
}

class Reading {
  readonly #file: YamlFile;
  readonly #templates: Templates;
  readonly #faults: FileFault[] = [];
  /** Ids of the conversations that are given. */
  #conversations: readonly string[] = [];
  #surroundings: Surroundings = { captured: new Set(), inRepeat: false };
  /** Whether a template since the last look needs a token. */
  #usesToken = false;

  constructor(file: YamlFile, templates: Templates) {
    this.#file = file;
    this.#templates = templates;
  }

  scenario({ name, given = {}, steps }: ScenarioObject): Scenario {
    const ready = this.#given(given);
    const read = this.#steps(steps, ['steps'], false);
    if (this.#faults.length > 0) throw new FileFaults(this.#faults);
    return { name, file: this.#file.file, given: ready, steps: read, at: this.#file.fault };
  }

  #fault(path: Path, message: string): void {
    this.#faults.push(this.#file.fault(path, message));
  }

  #given(given: GivenObject): Given {
    const { settings = {}, scripts, credentials, conversations = [], attributes = {} } = given;
    for (const name of Object.keys(settings)) {
      if (!NOT_FOR_SCENARIOS.includes(name)) continue;
      const instead = name === 'scripts' || name === 'credentials' ? `: it stands in given.${name}` : ' of a scenario';
      this.#fault(['given', 'settings', name], `${name} is no setting${instead}`);
    }
    this.#conversations = conversations.flatMap(({ conversationId }) =>
      typeof conversationId === 'string' ? [conversationId] : [],
    );
    const folder = scripts === undefined ? undefined : this.#beside(scripts);
    if (folder !== undefined && !(existsSync(folder) && statSync(folder).isDirectory()))
      this.#fault(['given', 'scripts'], `there is no folder ${show(scripts)} beside this file`);
    return {
      settings: {
        ...settings,
        ...(folder === undefined ? {} : { scripts: folder }),
        ...(credentials === undefined ? {} : { credentials }),
      },
      hours: given.hours ?? [],
      skills: given.skills ?? [],
      agents: given.agents ?? [],
      conversations,
      contacts: attributes.contacts ?? {},
      users: attributes.users ?? {},
    };
  }

  #beside(path: string): string {
    return resolve(dirname(this.#file.file), path);
  }

  #steps(steps: readonly StepObject[], path: Path, inRepeat: boolean): Step[] {
    const captured = new Set(this.#surroundings.captured);
    // What a later round needs, an earlier one may have captured.
    if (inRepeat) for (const step of steps) for (const name of capturedIn(step)) captured.add(name);
    const before = this.#surroundings;
    this.#surroundings = { captured, inRepeat };
    const read = steps.flatMap((step, index): Step[] => {
      const one = this.#step(step, [...path, index]);
      for (const name of capturedIn(step)) captured.add(name);
      return one === undefined ? [] : [one];
    });
    for (const name of captured) before.captured.add(name);
    this.#surroundings = before;
    return read;
  }

  #step(step: StepObject, path: Path): Step | undefined {
    const kinds = KINDS.filter((kind) => step[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      const has = kinds.length === 0 ? 'has none of them' : `has ${listed(kinds)}`;
      this.#fault(path, `a step is one request, signal, wait or repeat; ${show(step.name)} ${has}`);
      return undefined;
    }
    const common = { name: step.name, path };
    if (kind === 'repeat' || kind === 'wait') {
      if (step.expect !== undefined)
        this.#fault(
          [...path, 'expect'],
          kind === 'wait'
            ? 'what a wait expects stands in its until'
            : 'the steps of a repeat have an expect each, the repeat has none',
        );
    }
    if (step.repeat !== undefined) {
      if (step.capture !== undefined)
        this.#fault([...path, 'capture'], 'the steps of a repeat have a capture each, the repeat has none');
      const { times, steps } = step.repeat;
      return { kind: 'repeat', ...common, times, steps: this.#steps(steps, [...path, 'repeat', 'steps'], true) };
    }
    if (step.wait !== undefined) {
      const { until, request, atMost = PATIENCE } = step.wait;
      const plan = request === undefined ? undefined : this.#request(request, [...path, 'wait', 'request']);
      const expectation = this.#expectation(until, [...path, 'wait', 'until'], plan !== undefined);
      if (Object.keys(until).length === 0) this.#fault([...path, 'wait', 'until'], 'until says nothing to wait for');
      if (plan === undefined && step.capture !== undefined)
        this.#fault([...path, 'capture'], 'there is no answer to capture from: give the wait a request');
      return { kind: 'wait', ...common, request: plan, until: expectation, atMost, capture: this.#capture(step.capture, path) };
    }
    const request = step.request === undefined ? this.#signal(step, path) : this.#request(step.request, [...path, 'request']);
    const expect = this.#expectation(step.expect ?? {}, [...path, 'expect'], true);
    const capture = this.#capture(step.capture, path);
    return { kind: kind === 'signal' ? 'signal' : 'request', ...common, request, expect, capture };
  }

  /** As Cognigy’s newest version sends it: all in the query. */
  #signal({ signal }: StepObject, path: Path): RequestPlan {
    const { contactId = '', parameters = [] } = signal ?? {};
    const contact = this.#template([...path, 'signal', 'contactId'], String(contactId));
    const values = parameters.map((value, index) => this.#template([...path, 'signal', 'parameters', index], String(value)));
    const fixed =
      (value: string): Template =>
      () =>
        value;
    this.#usesToken = false;
    return {
      path: [...path, 'signal'],
      method: 'POST',
      target(scope) {
        const query = values.map((value, index) => `p${String(index + 1)}=${encodeURIComponent(String(value(scope)))}`).join('&');
        const id = encodeURIComponent(String(contact(scope)));
        return `/inContactAPI/services/v30.0/interactions/${id}/signal${query === '' ? '' : `?${query}`}`;
      },
      headers: { accept: fixed('application/json'), authorization: ({ token }) => `Bearer ${String(token)}` },
      body: undefined,
      usesToken: true,
    };
  }

  #request(request: RequestObject, path: Path): RequestPlan {
    const bodies = (['body', 'bodyText', 'bodyFile'] as const).filter((name) => request[name] !== undefined);
    if (bodies.length > 1) this.#fault([...path, bodies[1] ?? ''], `a request has one body; this one has ${listed(bodies)}`);
    this.#usesToken = false;
    if (!/^(?:\/|https?:\/\/|\{\{)/.test(request.path))
      this.#fault([...path, 'path'], `${show(request.path)} must begin with a slash, or be a whole address`);
    if (request.path.startsWith('/t/'))
      this.#fault([...path, 'path'], 'each scenario has a tenant of its own: write the path without /t/…');
    const target = this.#template([...path, 'path'], request.path);
    const given = Object.entries(request.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      value === null ? () => null : this.#template([...path, 'headers', name], String(value)),
    ]);
    const body = this.#body(request, path);
    const usual: Record<string, Template> = {
      accept: () => 'application/json',
      ...(body?.kind === 'json' ? { 'content-type': () => 'application/json' } : {}),
    };
    return {
      path,
      method: (request.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase(),
      target,
      headers: { ...usual, ...(Object.fromEntries(given) as Record<string, Template>) },
      body,
      usesToken: this.#usesToken,
    };
  }

  #body({ body, bodyText, bodyFile }: RequestObject, path: Path): RequestPlan['body'] {
    if (bodyFile !== undefined) {
      const file = this.#beside(bodyFile);
      if (!existsSync(file) || !statSync(file).isFile())
        this.#fault([...path, 'bodyFile'], `there is no file ${show(bodyFile)} beside this one`);
      return { kind: 'file', file };
    }
    if (bodyText !== undefined) return { kind: 'text', template: this.#template([...path, 'bodyText'], bodyText) };
    return body === undefined ? undefined : { kind: 'json', template: this.#template([...path, 'body'], body) };
  }

  #expectation(expect: ExpectObject, path: Path, ofAnswer: boolean): Expectation {
    this.#usesToken = false;
    if (!ofAnswer)
      for (const name of OF_AN_ANSWER.filter((part) => expect[part] !== undefined))
        this.#fault([...path, name], `there is no answer to look at: give the wait a request, or leave ${name} out`);
    const trace = expect.trace as (Row & { readonly script?: string }) | undefined;
    if (!ofAnswer && trace !== undefined && trace.script === undefined)
      this.#fault([...path, 'trace'], 'there is no answer whose trace to look at: name a script, or give the wait a request');
    const part = (name: string, value: unknown = expect[name]): Pattern | undefined =>
      value === undefined ? undefined : this.#pattern([...path, name], value === 'none' ? [] : value);
    const headers = expect.headers as Row | undefined;
    const { cause } = expect;
    const causePattern =
      cause === undefined || cause === 'none'
        ? cause
        : part('cause', typeof cause === 'string' ? { code: cause } : this.#coded(cause as Row, path));
    return {
      path,
      status: part('status'),
      headers: headers === undefined ? undefined : this.#headers(headers, [...path, 'headers']),
      body: part('body'),
      cause: causePattern,
      trace: trace === undefined ? undefined : this.#trace(trace, [...path, 'trace']),
      warnings: expect.warnings === 'none' ? [] : (expect.warnings as readonly string[] | undefined),
      conversation: this.#conversation(expect.conversation as Row | undefined, [...path, 'conversation']),
      signals: part('signals'),
      transcripts: part('transcripts'),
      calls: part('calls'),
      usesToken: this.#usesToken,
    };
  }

  /** A code that there is not would never come. */
  #coded(cause: Row, path: Path): Row {
    const { code } = cause;
    const codes = Object.keys(CATALOGUE);
    if (typeof code === 'string' && !code.startsWith('$') && !/\{\{|\{%/.test(code) && !codes.includes(code)) {
      const near = nearMiss(code, codes);
      this.#fault(
        [...path, 'cause', 'code'],
        `there is no code ${show(code)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
    }
    return cause;
  }

  #headers(headers: Row, path: Path): Pattern {
    const patterns = Object.entries(headers).map(([name, value]) => ({ name, pattern: this.#pattern([...path, name], value) }));
    return (scope) => {
      const comparisons = patterns.map(({ name, pattern }) => ({ name, comparison: pattern(scope) }));
      return (actual, at) =>
        comparisons.flatMap(({ name, comparison }) => {
          const lower = name.toLowerCase();
          return comparison((actual as Row)[lower], [...at, lower]).map((found) => ({ ...found, path: [name, ...found.path] }));
        });
    };
  }

  #trace(trace: Row, path: Path): TraceExpectation {
    const { script, codes = [], actions, branches, ...fields } = trace;
    return {
      script: script as string | undefined,
      codes: codes as readonly string[],
      fields: Object.keys(fields).length === 0 ? undefined : this.#pattern(path, fields),
      actions: actions as readonly string[] | undefined,
      branches: branches === undefined ? undefined : this.#pattern([...path, 'branches'], branches),
    };
  }

  #conversation(wanted: Row | undefined, path: Path): Expectation['conversation'] {
    if (wanted === undefined) return undefined;
    const { conversationId, ...rest } = wanted;
    if (conversationId !== undefined) {
      if (typeof conversationId !== 'string') this.#fault([...path, 'conversationId'], 'conversationId must be a text');
      return {
        conversationId: this.#template([...path, 'conversationId'], conversationId),
        pattern: this.#pattern(path, rest),
      };
    }
    const [only, ...others] = this.#conversations;
    if (only === undefined || others.length > 0)
      this.#fault(
        path,
        `say which: conversationId is missing, and ${only === undefined ? 'no conversation is given with an id' : 'several conversations are given'}`,
      );
    return { conversationId: () => only, pattern: this.#pattern(path, rest) };
  }

  #capture(capture: Readonly<Record<string, string>> = {}, path: Path): Capture[] {
    return Object.entries(capture).map(([name, text]) => {
      const here = [...path, 'capture', name];
      if (!/\{\{|\{%/.test(text)) this.#fault(here, `write a template: '{{ ${text} }}'`);
      return { name, path: here, template: this.#template(here, text, NAMES_OF_ANSWER) };
    });
  }

  #pattern(path: Path, value: unknown): Pattern {
    const tools: PatternTools = {
      template: (inside, leaf) => this.#template([...path, ...inside], leaf),
      fault: (inside, message) => {
        this.#fault([...path, ...inside], message);
      },
    };
    return compilePattern(value, tools);
  }

  #template(path: Path, value: unknown, more: readonly string[] = []): Template {
    const before = this.#faults.length;
    const template = this.#templates.compile(value, (inside, message) => {
      this.#fault([...path, ...inside], message);
    });
    if (this.#faults.length === before) this.#names(path, value, more);
    return template;
  }

  /** Names that a template uses, and that nothing sets. */
  #names(path: Path, value: unknown, more: readonly string[]): void {
    if (typeof value === 'object' && value !== null) {
      for (const [step, member] of Object.entries(value)) this.#names([...path, step], member, more);
      return;
    }
    if (typeof value !== 'string') return;
    const { captured, inRepeat } = this.#surroundings;
    const known = [...(more.length === 0 ? [...NAMES, 'token'] : [...NAMES, ...more]), ...(inRepeat ? ['round'] : [])];
    for (const [root = '', name] of this.#templates.names(value)) {
      if (root === 'token') this.#usesToken = true;
      if (!known.includes(root)) {
        const near = captured.has(root) ? `captured.${root}` : nearMiss(root, known);
        const advice =
          root === 'round'
            ? '; only the steps of a repeat have it'
            : near === undefined
              ? `; there are ${known.join(', ')}`
              : `; did you mean ${near}?`;
        this.#fault(path, `the template ${show(value)} needs ${root}, which is not there${advice}`);
      } else if (root === 'captured' && name !== undefined && !captured.has(name)) {
        const near = nearMiss(name, captured);
        const advice =
          near !== undefined
            ? `; did you mean captured.${near}?`
            : captured.size === 0
              ? '; nothing is'
              : `; there are ${[...captured].join(', ')}`;
        this.#fault(path, `no step before this one captures ${name}${advice}`);
      }
    }
  }
}

function capturedIn(step: StepObject): string[] {
  return [...Object.keys(step.capture ?? {}), ...(step.repeat?.steps ?? []).flatMap(capturedIn)];
}
