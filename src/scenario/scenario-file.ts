/** Reads a scenario from its file; every fault in it is told at once, with line and column. */
import { existsSync, statSync } from 'node:fs';
import { FileFaults } from '../shared/file-errors.js';
import { listed, show } from '../shared/format.js';
import type { Templates } from '../shared/templates.js';
import type { YamlFile } from '../shared/yaml-file.js';
import { ExpectationReader, type ExpectObject } from './expectation-reader.js';
import { schemaFaultsOf } from './setup-settings.js';
import type { Path } from './patterns.js';
import { ARRIVED, ConversationMeant } from './default-conversation.js';
import { type CustomerObject, type RequestObject, RequestReader, type SignalObject } from './request-reader.js';
import type { Capture, Given, RequestPlan, Scenario, Step } from './scenario.js';
import { validate } from './scenario-validator.js';
import { TemplateReader } from './template-reader.js';

type Row = Readonly<Record<string, unknown>>;

interface GivenObject {
  readonly settings?: Row;
  readonly scripts?: string;
  readonly credentials?: readonly Row[];
  readonly virtualAgents?: readonly Row[];
  readonly hours?: readonly Row[];
  readonly skills?: readonly Row[];
  readonly agents?: readonly Row[];
  readonly conversations?: readonly Row[];
  readonly clock?: Row;
  readonly faults?: readonly Row[];
  readonly attributes?: { readonly contacts?: Readonly<Record<string, Row>>; readonly users?: Readonly<Record<string, Row>> };
}

interface StepObject {
  readonly name: string;
  readonly request?: RequestObject;
  readonly signal?: SignalObject;
  readonly customer?: CustomerObject | string;
  readonly clock?: Row;
  readonly fault?: Row | 'none';
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

const KINDS = ['request', 'signal', 'customer', 'clock', 'fault', 'wait', 'repeat'] as const;
/** In seconds. */
const PATIENCE = 5;

const NAMES_OF_ANSWER = ['body', 'headers', 'status', 'traceId'];

/** Throws FileFaults. */
export function readScenario(file: YamlFile, templates: Templates): Scenario {
  if (isScript(file.value))
    throw new FileFaults([file.fault([], 'this is a Studio script, no scenario: it has actions, and no steps')]);
  if (!validate(file.value)) throw new FileFaults(schemaFaultsOf(validate.errors ?? [], file));
  const scenario = file.value as ScenarioObject;
  const given = (scenario.given?.conversations ?? []).flatMap(({ conversationId }) =>
    typeof conversationId === 'string' ? [conversationId] : [],
  );
  return new Reading(file, templates, given).scenario(scenario);
}

/** Whether a file is a Studio script, which stands in a folder of its own. */
function isScript(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'actions' in value && !('steps' in value);
}

class Reading {
  readonly #file: YamlFile;
  readonly #texts: TemplateReader;
  readonly #requests: RequestReader;
  #hears = false;
  readonly #meant: ConversationMeant;
  readonly #expectations: ExpectationReader;

  constructor(file: YamlFile, templates: Templates, conversations: readonly string[]) {
    this.#file = file;
    this.#texts = new TemplateReader(file, templates);
    this.#requests = new RequestReader(this.#texts, file.file);
    this.#meant = new ConversationMeant(this.#texts, conversations);
    this.#expectations = new ExpectationReader(this.#texts, this.#meant);
  }

  scenario({ name, given = {}, steps }: ScenarioObject): Scenario {
    const ready = this.#given(given);
    const read = this.#steps(steps, ['steps'], false);
    const { faults } = this.#texts;
    if (faults.length > 0) throw new FileFaults(faults);
    return { name, file: this.#file.file, given: ready, steps: read, hears: this.#hears, at: this.#file.fault };
  }

  #given(given: GivenObject): Given {
    const { settings = {}, scripts, credentials, virtualAgents, conversations = [], attributes = {} } = given;
    const folder = scripts === undefined ? undefined : this.#requests.beside(scripts);
    if (folder !== undefined && !(existsSync(folder) && statSync(folder).isDirectory()))
      this.#texts.fault(['given', 'scripts'], `there is no folder ${show(scripts)} beside this file`);
    return {
      settings: {
        ...settings,
        ...(folder === undefined ? {} : { scripts: folder }),
        ...(credentials === undefined ? {} : { credentials }),
        ...(virtualAgents === undefined ? {} : { virtualAgents: virtualAgents.map((agent) => this.#agent(agent)) }),
      },
      hours: given.hours ?? [],
      skills: given.skills ?? [],
      agents: given.agents ?? [],
      conversations,
      contacts: attributes.contacts ?? {},
      users: attributes.users ?? {},
      clock: given.clock,
      faults: given.faults ?? [],
    };
  }

  /** Files are seen from the scenario. */
  #agent(agent: Row): Row {
    return typeof agent.standIn === 'string' ? { ...agent, standIn: this.#requests.beside(agent.standIn) } : agent;
  }

  #steps(steps: readonly StepObject[], path: Path, inRepeat: boolean): Step[] {
    // What a later round needs, an earlier one may have captured.
    const before = inRepeat ? steps.flatMap(capturedIn) : [];
    return this.#texts.among(before, inRepeat, (capture) =>
      steps.flatMap((step, index): Step[] => {
        const one = this.#step(step, [...path, index]);
        for (const name of capturedIn(step)) capture(name);
        return one === undefined ? [] : [one];
      }),
    );
  }

  #step(step: StepObject, path: Path): Step | undefined {
    const kinds = KINDS.filter((kind) => step[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      const has = kinds.length === 0 ? 'has none of them' : `has ${listed(kinds)}`;
      this.#texts.fault(path, `a step is one request, signal, customer, clock, fault, wait or repeat; ${show(step.name)} ${has}`);
      return undefined;
    }
    const common = { name: step.name, path };
    if (kind === 'repeat' || kind === 'wait') {
      if (step.expect !== undefined)
        this.#texts.fault(
          [...path, 'expect'],
          kind === 'wait'
            ? 'what a wait expects stands in its until'
            : 'the steps of a repeat have an expect each, the repeat has none',
        );
    }
    if (step.repeat !== undefined) {
      if (step.capture !== undefined)
        this.#texts.fault([...path, 'capture'], 'the steps of a repeat have a capture each, the repeat has none');
      const { times, steps } = step.repeat;
      return { kind: 'repeat', ...common, times, steps: this.#steps(steps, [...path, 'repeat', 'steps'], true) };
    }
    if (step.wait !== undefined) {
      const { until, request, atMost = PATIENCE } = step.wait;
      const plan = request === undefined ? undefined : this.#requests.request(request, [...path, 'wait', 'request']);
      const expectation = this.#expectations.expectation(until, [...path, 'wait', 'until'], plan !== undefined);
      this.#hears ||= expectation.said !== undefined;
      if (until.noAnswer !== undefined)
        this.#texts.fault([...path, 'wait', 'until', 'noAnswer'], 'what shall have no answer is sent once: make it a request');
      if (Object.keys(until).length === 0) this.#texts.fault([...path, 'wait', 'until'], 'until says nothing to wait for');
      if (plan === undefined && step.capture !== undefined)
        this.#texts.fault([...path, 'capture'], 'there is no answer to capture from: give the wait a request');
      return { kind: 'wait', ...common, request: plan, until: expectation, atMost, capture: this.#capture(step.capture, path) };
    }
    const request = this.#plan(step, path);
    if (request === undefined) return undefined;
    const arrives = doesArrive(step);
    if (arrives) this.#meant.arrive();
    const expect = this.#expectations.expectation(step.expect ?? {}, [...path, 'expect'], true);
    this.#hears ||= expect.said !== undefined;
    return { kind: 'exchange', ...common, request, expect, capture: this.#capture(step.capture, path), arrives };
  }

  #plan({ request, signal, customer, clock, fault }: StepObject, path: Path): RequestPlan | undefined {
    if (request !== undefined) return this.#requests.request(request, [...path, 'request']);
    if (signal !== undefined) return this.#requests.signal(signal, [...path, 'signal']);
    if (customer !== undefined) return this.#requests.customer(customer, [...path, 'customer'], this.#meant.template);
    if (clock !== undefined) return this.#requests.control('PUT', 'clock', clock, [...path, 'clock']);
    if (fault === undefined) return undefined;
    return fault === 'none'
      ? this.#requests.control('DELETE', 'faults', undefined, [...path, 'fault'])
      : this.#requests.control('POST', 'faults', fault, [...path, 'fault']);
  }

  #capture(capture: Readonly<Record<string, string>> = {}, path: Path): Capture[] {
    return Object.entries(capture).map(([name, text]) => {
      const here = [...path, 'capture', name];
      if (!/\{\{|\{%/.test(text)) this.#texts.fault(here, `write a template: '{{ ${text} }}'`);
      return { name, path: here, template: this.#texts.template(here, text, NAMES_OF_ANSWER) };
    });
  }
}

function doesArrive({ customer }: StepObject): boolean {
  return customer === 'arrives' || (typeof customer === 'object' && customer.arrives !== undefined);
}

function capturedIn(step: StepObject): string[] {
  return [
    ...(doesArrive(step) ? [ARRIVED] : []),
    ...Object.keys(step.capture ?? {}),
    ...(step.repeat?.steps ?? []).flatMap(capturedIn),
  ];
}
