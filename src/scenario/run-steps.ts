/** Plays one scenario in a tenant of its own: what is given, then step after step until one fails. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Rejection } from '../errors/catalogue.js';
import type { Scope, Template } from '../shared/templates.js';
import { redactTarget } from '../trace/redact.js';
import type { Trace } from '../trace/trace.js';
import { type Answer, type Client, NoAnswer, type NoAnswerKind, Obstacle } from './client.js';
import { ARRIVED } from './default-conversation.js';
import { differencesFrom, traceOfAnswer } from './expectations.js';
import { Hearing } from './message-cursor.js';
import type { Difference, Path } from './patterns.js';
import type { Failure, StepResult } from './result.js';
import type { Capture, Exchange, Expectation, RequestPlan, Scenario, Step, Wait } from './scenario.js';

/** In milliseconds: how often a wait looks, at first and at most. */
const LOOKS_EVERY = { first: 10, most: 250 };

/** So many rounds of a trace's own calls are read along with it. */
const MOST_CALLS = 20;

interface Tenant {
  readonly name: string;
  readonly tenantId: string;
  readonly busNo: number;
}

/** Rejects only where it was interrupted. */
export async function play(scenario: Scenario, client: Client, signal: AbortSignal): Promise<StepResult[]> {
  const stage = new Stage(scenario, client, signal);
  let done = 0;
  if (await stage.prepare()) {
    for (const step of scenario.steps) {
      done += 1;
      if (!(await stage.steps([step], ''))) break;
    }
  }
  return [...stage.results, ...skippedSteps(scenario, scenario.steps.slice(done))];
}

/** Those that did not get their turn. */
export function skippedSteps(scenario: Scenario, steps: readonly Step[]): StepResult[] {
  return steps.map(({ name, path }) => ({
    name,
    line: scenario.at(path, '').line,
    outcome: 'skipped',
    durationMs: 0,
    failures: [],
    differences: [],
    request: undefined,
    answer: undefined,
    traces: [],
  }));
}

/** What a step was about, for whoever reads that it failed. */
interface Attempt {
  request?: string;
  answer?: Answer;
}

class Stage {
  readonly results: StepResult[] = [];
  readonly #scenario: Scenario;
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #captured: Record<string, unknown> = {};
  #tenant: Tenant | undefined;
  #round: number | undefined;
  readonly #hearing: Hearing;
  /** The conversations that steps may listen to. */
  readonly #conversations: Set<string>;

  constructor(scenario: Scenario, client: Client, signal: AbortSignal) {
    this.#scenario = scenario;
    this.#client = client;
    this.#signal = signal;
    this.#hearing = new Hearing(client);
    const given = scenario.given.conversations.map(({ conversationId }) => conversationId);
    this.#conversations = new Set(given.filter((id) => typeof id === 'string'));
  }

  /** Answers whether all that is given is there. */
  async prepare(): Promise<boolean> {
    const { given } = this.#scenario;
    const before = this.results.length;
    await this.#guarded('given', ['given'], async () => {
      this.#tenant = ((await this.#client.control('GET', 'health')) as { tenant: Tenant }).tenant;
      return [];
    });
    const control = async (path: Path, method: string, where: string, row: object): Promise<void> => {
      await this.#guarded('given', ['given', ...path], async () => {
        await this.#client.control(method, where, row);
        return [];
      });
    };
    const without = (row: Readonly<Record<string, unknown>>, id: string): object =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== id));
    const idOf = (row: Readonly<Record<string, unknown>>, id: string): string => encodeURIComponent(String(row[id]));
    if (given.clock !== undefined) await control(['clock'], 'PUT', 'clock', given.clock);
    for (const [index, row] of given.hours.entries())
      await control(['hours', index], 'PUT', `hours/${idOf(row, 'profileId')}`, without(row, 'profileId'));
    for (const [index, row] of given.skills.entries())
      await control(['skills', index], 'PATCH', `skills/${idOf(row, 'skillId')}`, without(row, 'skillId'));
    for (const [index, row] of given.agents.entries())
      await control(['agents', index], 'PATCH', `agents/${idOf(row, 'agentId')}`, without(row, 'agentId'));
    for (const [index, row] of given.conversations.entries())
      await control(['conversations', index], 'POST', 'conversations', row);
    for (const kind of ['contacts', 'users'] as const) {
      for (const [id, attributes] of Object.entries(given[kind])) await this.#attributes(kind, id, attributes);
    }
    for (const [index, row] of given.faults.entries()) await control(['faults', index], 'POST', 'faults', row);
    if (this.results.length === before && this.#scenario.hears) await this.#hearing.stepOver(this.#conversations);
    return this.results.length === before;
  }

  async #attributes(kind: 'contacts' | 'users', id: string, attributes: object): Promise<void> {
    await this.#guarded('given', ['given', 'attributes', kind, id], async (attempt) => {
      const target = `/api/v2/${kind}/${encodeURIComponent(id)}/attributes`;
      attempt.answer = await this.#client.send({
        method: 'PATCH',
        target,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: `Bearer ${await this.#token()}`,
        },
        body: Buffer.from(JSON.stringify(attributes)),
      });
      if (attempt.answer.status < 300) return [];
      throw new Obstacle(`PATCH ${target} was answered ${String(attempt.answer.status)}.`);
    });
  }

  #token(): Promise<string> {
    const credentials = this.#scenario.given.settings.credentials as readonly Readonly<Record<string, string>>[] | undefined;
    return this.#client.token(credentials?.[0]);
  }

  /** Answers whether all of them passed. */
  async steps(steps: readonly Step[], suffix: string): Promise<boolean> {
    for (const step of steps) {
      if (step.kind === 'repeat') {
        const outer = this.#round;
        for (let round = 1; round <= step.times; round += 1) {
          this.#round = round;
          const inside = `${suffix} (${step.name}, ${String(round)} of ${String(step.times)})`;
          if (!(await this.steps(step.steps, inside))) return false;
        }
        this.#round = outer;
        continue;
      }
      const passed = await this.#guarded(`${step.name}${suffix}`, step.path, (attempt) =>
        this.#listen(step.kind === 'wait' ? this.#wait(step, attempt) : this.#exchange(step, attempt)),
      );
      if (!passed) return false;
    }
    return true;
  }

  async #listen(work: Promise<Difference[]>): Promise<Difference[]> {
    const found = await work;
    if (found.length === 0 && this.#scenario.hears) await this.#hearing.stepOver(this.#conversations);
    return found;
  }

  /** A step that passes while the scenario is prepared is not worth a line. */
  async #guarded(name: string, path: Path, work: (attempt: Attempt) => Promise<Difference[]>): Promise<boolean> {
    const started = performance.now();
    const attempt: Attempt = {};
    let differences: Difference[] = [];
    let failures: Failure[];
    try {
      differences = await work(attempt);
      failures = differences.map((difference) => this.#failure(difference.path, difference));
    } catch (problem) {
      this.#signal.throwIfAborted();
      failures = [this.#obstacle(problem, path)];
    }
    const failed = failures.length > 0;
    if (name === 'given' && !failed) return true;
    this.results.push({
      name,
      line: this.#scenario.at(path, '').line,
      outcome: failed ? 'failed' : 'passed',
      durationMs: performance.now() - started,
      failures,
      differences,
      request: attempt.request,
      answer: attempt.answer,
      traces: failed ? await this.#traces(attempt.answer) : [],
    });
    return !failed;
  }

  #failure(path: Path, { where, expected, received }: Omit<Difference, 'path'>): Failure {
    const { line, column } = this.#scenario.at(path, '');
    return { line, column, where, expected, received };
  }

  /** What kept a step from being carried out. Anything else is a bug of ours, and not swallowed. */
  #obstacle(problem: unknown, path: Path): Failure {
    const { line, column } = this.#scenario.at(path, '');
    const told = (where: string, remedy: string | undefined): Failure => ({
      line,
      column,
      where,
      expected: undefined,
      received: undefined,
      remedy,
    });
    if (problem instanceof Obstacle) return told(problem.message, problem.remedy);
    if (!(problem instanceof Rejection)) throw problem;
    const { message, remedy, received } = problem.cause;
    const variable = /needs env\.(\w+)/.exec(message)?.[1];
    return told(
      `${message} There is ${variable === undefined ? received : 'no such environment variable'}.`,
      variable === undefined
        ? remedy
        : `Set the environment variable ${variable}, or give the template a value for that case: | default: "".`,
    );
  }

  /** The trace of an answer, and behind it those of the calls that its script made. */
  async #traces(answer: Answer | undefined): Promise<Trace[]> {
    try {
      const trace = answer?.traceId === undefined ? undefined : await this.#client.trace(answer.traceId);
      if (trace === undefined) return [];
      const ids = trace.entries.flatMap(({ calls = [] }) => calls.flatMap(({ traceId }) => traceId ?? []));
      const own = await Promise.all(ids.slice(0, MOST_CALLS).map((id) => this.#client.trace(id)));
      return [trace, ...own.filter((one) => one !== undefined)];
    } catch (problem) {
      this.#signal.throwIfAborted();
      if (problem instanceof Obstacle) return [];
      throw problem;
    }
  }

  async #scope(usesToken: boolean): Promise<Scope> {
    return {
      captured: this.#captured,
      env: process.env,
      base: this.#client.base,
      tenant: this.#tenant ?? {},
      ...(this.#round === undefined ? {} : { round: this.#round }),
      ...(usesToken ? { token: await this.#token() } : {}),
    };
  }

  async #exchange({ request, expect, capture, arrives }: Exchange, attempt: Attempt): Promise<Difference[]> {
    const scope = await this.#scope(request.usesToken || expect.usesToken);
    if (expect.noAnswer !== undefined) return this.#noAnswer(request, expect, expect.noAnswer, scope, attempt);
    attempt.answer = await this.#send(request, scope, attempt);
    if (arrives) this.#arrived(attempt.answer);
    const found = await this.#compare(expect, scope, attempt.answer);
    const { status } = attempt.answer;
    if (found.length === 0 && expect.status === undefined && expect.cause === undefined && status >= 400)
      return [
        { path: request.path, where: 'status', expected: 'below 400, where a step says nothing of it', received: String(status) },
      ];
    if (found.length === 0) this.#keep(capture, scope, attempt.answer);
    return found;
  }

  #arrived({ body }: Answer): void {
    const { conversationId } = (body ?? {}) as { readonly conversationId?: unknown };
    if (typeof conversationId !== 'string') return;
    this.#captured[ARRIVED] = conversationId;
    this.#conversations.add(conversationId);
  }

  async #noAnswer(
    request: RequestPlan,
    expect: Expectation,
    wanted: NoAnswerKind,
    scope: Scope,
    attempt: Attempt,
  ): Promise<Difference[]> {
    const differs = (received: string, came?: NoAnswerKind): Difference[] => [
      {
        path: [...expect.path, 'noAnswer'],
        where: 'noAnswer',
        expected: wanted,
        received,
        came: came === undefined ? undefined : { value: came },
      },
    ];
    try {
      attempt.answer = await this.#send(request, scope, attempt);
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      return problem.kind === wanted
        ? this.#compare(expect, scope, undefined)
        : differs(`${problem.kind}: ${problem.message}`, problem.kind);
    }
    return differs(`an answer with the status ${String(attempt.answer.status)}`);
  }

  async #wait({ request, until, atMost, capture }: Wait, attempt: Attempt): Promise<Difference[]> {
    const deadline = performance.now() + atMost * 1000;
    const scope = await this.#scope(request?.usesToken === true || until.usesToken);
    for (let nap = LOOKS_EVERY.first; ; nap = Math.min(nap * 2, LOOKS_EVERY.most)) {
      if (request !== undefined) attempt.answer = await this.#send(request, scope, attempt);
      const found = await this.#compare(until, scope, attempt.answer);
      if (found.length === 0) {
        if (attempt.answer !== undefined) this.#keep(capture, scope, attempt.answer);
        return [];
      }
      const left = deadline - performance.now();
      if (left <= 0) return found.map((one) => ({ ...one, received: `${one.received} for ${String(atMost)} s` }));
      await pause(Math.min(nap, left), undefined, { signal: this.#signal });
    }
  }

  #compare(expectation: Expectation, scope: Scope, answer: Answer | undefined): Promise<Difference[]> {
    let trace: Promise<Trace> | undefined;
    return differencesFrom(expectation, {
      scope,
      client: this.#client,
      answer,
      said: (conversationId) => this.#hearing.since(conversationId),
      trace: () => (trace ??= traceOfAnswer(this.#client, answer)),
    });
  }

  async #send({ method, target, headers, body, timeout }: RequestPlan, scope: Scope, attempt: Attempt): Promise<Answer> {
    const where = inText(target(scope));
    attempt.request = `${method} ${redactTarget(where)}`;
    const sent = Object.entries(headers).flatMap(([name, template]: [string, Template]) => {
      const value = template(scope);
      return value === null ? [] : [[name, inText(value)]];
    });
    return this.#client.send({
      method,
      target: where,
      headers: Object.fromEntries(sent) as Record<string, string>,
      body: await bytesOf(body, scope),
      timeout,
    });
  }

  #keep(capture: readonly Capture[], scope: Scope, { body, headers, status, traceId }: Answer): void {
    for (const { name, template } of capture)
      this.#captured[name] = template({ ...scope, body: body ?? null, headers, status, traceId: traceId ?? null });
  }
}

async function bytesOf(body: RequestPlan['body'], scope: Scope): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  if (body.kind === 'file') return bytesIn(body.file);
  const value = body.template(scope);
  return Buffer.from(body.kind === 'json' ? JSON.stringify(value) : inText(value));
}

/** It was there when the scenario was read. */
async function bytesIn(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Obstacle(`The body cannot be read: ${(error as Error).message}.`);
  }
}

/** What a template made, where a text is wanted. */
function inText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
