/** Holds an expectation against what came: the answer, its trace, and the state of the tenant. */
import { nearMiss } from '../shared/did-you-mean.js';
import { listed, show } from '../shared/format.js';
import type { Scope } from '../shared/templates.js';
import { causeOf, type RestCall, type Trace, warningsOf } from '../trace/trace.js';
import { type Answer, type Client, Obstacle } from './client.js';
import type { Came, Difference, Path, Pattern } from './patterns.js';
import type { Expectation, TraceExpectation } from './scenario.js';

/** What can be looked at. */
export interface Facts {
  readonly scope: Scope;
  readonly client: Client;
  /** undefined for a wait without a request. */
  readonly answer: Answer | undefined;
  /** What somebody else than the customer said in the conversation since the step before. */
  said(conversationId: string): Promise<readonly Words[]>;
  /** The trace of the answer. Throws an Obstacle where it cannot be had. */
  trace(): Promise<Trace>;
}

/** A message, as the control API tells it. */
export interface Words {
  readonly from: string;
  readonly text: string;
  readonly name?: string;
}

/** The paths of the differences begin at the root of the file. */
export async function differencesFrom(expected: Expectation, facts: Facts): Promise<Difference[]> {
  const { scope, client, answer } = facts;
  const at = (part: string): Path => [...expected.path, part];
  const compare = (part: string, pattern: Pattern | undefined, actual: unknown): Difference[] =>
    pattern === undefined ? [] : below(at(part), pattern(scope)(actual, [part]));
  const found: Difference[] = [];

  found.push(...compare('status', expected.status, answer?.status));
  found.push(...compare('headers', expected.headers, answer?.headers));
  found.push(...compare('body', expected.body, answer?.body));
  if (expected.cause !== undefined) {
    const cause = causeOf(await facts.trace());
    if (expected.cause === 'none' && cause !== undefined)
      found.push({
        path: at('cause'),
        where: 'cause',
        expected: 'none',
        received: cause.code ?? cause.message,
        came: cause.code === null ? undefined : { value: cause.code },
      });
    if (expected.cause !== 'none')
      found.push(
        ...(cause === undefined
          ? [
              {
                path: at('cause'),
                where: 'cause',
                expected: 'a cause',
                received: 'none: it was accepted',
                came: { value: 'none' },
              },
            ]
          : compare('cause', expected.cause, cause)),
      );
  }
  if (expected.trace !== undefined) found.push(...(await inTrace(expected.trace, at('trace'), facts)));
  if (expected.warnings !== undefined)
    found.push(...between(expected.warnings, codesOf(warningsOf(await facts.trace())), at('warnings')));
  if (expected.calls !== undefined) found.push(...compare('calls', expected.calls, callsOf(await facts.trace())));
  if (expected.said !== undefined) {
    const { conversationId, of, pattern } = expected.said;
    const words = await facts.said(String(conversationId(scope)));
    const texts = words.map(({ text }) => text);
    found.push(...compare('said', pattern, of === 'lines' ? texts.join('\n') : of === 'texts' ? texts : words));
  }
  if (expected.conversation !== undefined) {
    const { conversationId, pattern } = expected.conversation;
    const id = String(conversationId(scope));
    const known = await client.send({
      method: 'GET',
      target: `/_emulator/conversations/${encodeURIComponent(id)}`,
      headers: { accept: 'application/json' },
    });
    found.push(
      ...(known.status === 200
        ? compare('conversation', pattern, known.body)
        : [
            {
              path: at('conversation'),
              where: 'conversation',
              expected: `a conversation ${show(id)}`,
              received: 'no such conversation',
            },
          ]),
    );
  }
  for (const kind of ['signals', 'transcripts'] as const) {
    if (expected[kind] !== undefined) found.push(...compare(kind, expected[kind], await arrived(client, kind)));
  }
  return found;
}

/** Paths of differences begin below `path`. */
function below(path: Path, differences: readonly Difference[]): Difference[] {
  return differences.map((difference) => ({ ...difference, path: [...path, ...difference.path] }));
}

/** In the order in which they came. */
async function arrived(client: Client, kind: 'signals' | 'transcripts'): Promise<unknown[]> {
  const { items } = (await client.control('GET', `${kind}?limit=1000`)) as { items: unknown[] };
  return items.reverse();
}

async function inTrace(expected: TraceExpectation, path: Path, facts: Facts): Promise<Difference[]> {
  const trace = expected.script === undefined ? await facts.trace() : await newestOf(expected.script, facts.client);
  if (trace === undefined)
    return [{ path: [...path, 'script'], where: 'trace', expected: `a trace of ${expected.script ?? 'it'}`, received: 'none' }];
  const found: Difference[] = [];
  if (expected.fields !== undefined) found.push(...below(path, expected.fields(facts.scope)(trace, ['trace'])));
  const codes = await codesIn(trace, expected.codes, facts.client);
  for (const [index, code] of expected.codes.entries()) {
    if (!codes.includes(code))
      found.push({
        path: [...path, 'codes', index],
        where: 'trace codes',
        expected: code,
        received: codes.length === 0 ? 'none' : listed(codes),
        came: codes.length === 0 ? undefined : { ...inOrder(expected.codes, codes), at: [...path, 'codes'] },
      });
  }
  const fired = trace.entries.flatMap(({ action, branch }) => (action === undefined ? [] : [{ action, branch: branch ?? null }]));
  if (expected.actions !== undefined) {
    const names = fired.map(({ action }) => action);
    const wanted = expected.actions.map((name, index) => (nameOf(names[index] ?? '') === name ? (names[index] ?? '') : name));
    const told = expected.actions.some((name) => name.includes('(')) ? names : names.map(nameOf);
    if (wanted.join('\n') !== names.join('\n'))
      found.push({
        path: [...path, 'actions'],
        where: 'trace actions',
        expected: arrows(expected.actions),
        received: arrows(told),
        came: {
          value: told,
          fits: (index, name) => [name, nameOf(String(name))].includes(expected.actions?.[index]),
        },
      });
  }
  if (expected.branches !== undefined) {
    const taken = Object.fromEntries(
      fired.flatMap(({ action, branch }) => [
        [action, branch],
        [nameOf(action), branch],
      ]),
    );
    found.push(...below([...path, 'branches'], expected.branches(facts.scope)(taken, ['trace branches'])));
  }
  return found;
}

/** The codes of the trace; where one is missing, those of the calls of its script, too. */
async function codesIn(trace: Trace, wanted: readonly string[], client: Client): Promise<string[]> {
  const codes = codesOf(trace.entries);
  if (wanted.every((code) => codes.includes(code))) return codes;
  const ids = trace.entries.flatMap(({ calls = [] }) => calls.flatMap(({ traceId }) => traceId ?? []));
  const own = await Promise.all(ids.map((id) => client.trace(id)));
  return codesOf([...trace.entries, ...own.flatMap((one) => one?.entries ?? [])]);
}

async function newestOf(script: string, client: Client): Promise<Trace | undefined> {
  const { items } = (await client.control('GET', `traces?script=${encodeURIComponent(script)}&limit=1`)) as { items: Trace[] };
  return items[0];
}

/** `Lookup (RESTAPI)` → `Lookup`. */
function nameOf(action: string): string {
  return action.replace(/ \([A-Z ]+\)$/, '');
}

function arrows(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(' → ');
}

function codesOf(entries: Trace['entries']): string[] {
  return [...new Set(entries.flatMap(({ code }) => (code === null ? [] : [code])))];
}

/** Warnings are a set: their order says nothing. */
function between(expected: readonly string[], received: readonly string[], path: Path): Difference[] {
  const missing = expected.filter((code) => !received.includes(code));
  const surplus = received.filter((code) => !expected.includes(code));
  if (missing.length + surplus.length === 0) return [];
  const near = missing.length === 1 ? nearMiss(missing[0] ?? '', surplus) : undefined;
  return [
    {
      path,
      where: 'warnings',
      expected: expected.length === 0 ? 'none' : listed(expected),
      received: `${received.length === 0 ? 'none' : listed(received)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      came: inOrder(expected, received),
    },
  ];
}

/** Codes that came, as a file would have them: those that it has stay in its order. */
function inOrder(expected: readonly string[], received: readonly string[]): Came {
  const value = [...expected.filter((code) => received.includes(code)), ...received.filter((code) => !expected.includes(code))];
  return { value, fits: (index, code) => expected[index] === code };
}

/** The calls of a script, bodies as their JSON says. */
function callsOf(trace: Trace): object[] {
  return trace.entries.flatMap(({ calls = [] }) => calls.map(readable));
}

function readable({ request, response, traceId }: RestCall): object {
  return {
    ...request,
    body: parsed(request.body),
    status: response?.status ?? null,
    response: parsed(response?.body ?? null),
    traceId,
  };
}

function parsed(body: string | null): unknown {
  try {
    return body === null ? null : (JSON.parse(body) as unknown);
  } catch {
    return body;
  }
}

/** That of the last request that came from outside. */
async function newestTrace(client: Client): Promise<Trace> {
  const { items } = (await client.control('GET', 'traces?limit=100')) as { items: Trace[] };
  const newest = items.find(({ parent }) => parent === null);
  if (newest === undefined)
    throw new Obstacle('The request left no trace.', 'Where it never came to the emulator, look at its address.');
  return newest;
}

/** Of the answer of a step; where none came, the newest. */
export async function traceOfAnswer(client: Client, answer: Answer | undefined): Promise<Trace> {
  if (answer === undefined) return newestTrace(client);
  if (answer.traceId === undefined)
    throw new Obstacle(
      'The answer has no X-Emulator-Trace-Id, so that its cause and its trace are not known.',
      'Let the emulator send it: without --no-emulator-headers.',
    );
  const trace = await client.trace(answer.traceId);
  if (trace === undefined)
    throw new Obstacle(`The trace ${answer.traceId} is not kept any more.`, 'Let the emulator keep more: --max-traces.');
  return trace;
}
