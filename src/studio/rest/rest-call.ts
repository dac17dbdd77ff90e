/** A script's REST call by the platform's rules: where it may go, how often it is tried, how long, how much, and what a failure is called. */
import type { Finding, RefusalCode } from '../../errors/catalogue.js';
import { listed, show } from '../../shared/format.js';
import { redactHeader, redactTarget, redactText } from '../../trace/redact.js';
import type { RestCall } from '../../trace/trace.js';
import { type Breaker, type BreakerSettings, circuitOpen } from './circuit-breaker.js';
import { LARGEST_ANSWER } from './wire.js';
import type { Gate } from './concurrency-limit.js';
import { redirectText } from './errors.js';
import type { OutsideCaller, Redirect } from './types.js';

/** RESTAPI: the REST API action. RESTPROXY: `GetRESTProxy()` in a SNIPPET. */
export type RestKind = 'RESTAPI' | 'RESTPROXY';

/** What a call sends, rendered. */
export interface RestSettings {
  readonly kind: RestKind;
  /** In upper case. */
  readonly method: string;
  readonly url: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether the script has its body as a raw string, sent as it stands. */
  readonly raw: boolean;
  /** In milliseconds. */
  readonly timeout: number;
  /** `nothing`: the response's body is not looked at. */
  readonly read: 'json' | 'text' | 'nothing';
}

export interface RestOutcome {
  /** −1 where there was no valid response, as GetRESTProxy says (doc). */
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON; a text where it is not. */
  readonly body: unknown;
  /** The trace of the emulator's own side. */
  readonly traceId: string | null;
  readonly calls: readonly RestCall[];
  /** Where a redirect led to the answer. */
  readonly redirect?: Redirect;
  readonly problem?: Finding;
  /** What the emulator itself took, but warned of. */
  readonly warnings?: readonly OwnWarning[];
}

export interface OwnWarning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What the emulator itself answered. */
export interface OwnAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly traceId: string;
  /** Whether the connection broke before the whole of it had come, as a fault has it. */
  readonly broken: boolean;
  /** Why it refused, where it did. */
  readonly cause: { readonly code: string; readonly message: string; readonly remedy: string } | undefined;
  readonly warnings: readonly OwnWarning[];
}

export interface OwnRequest {
  readonly method: string;
  /** Path and query, with the tenant's prefix. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** For one tenant and one run. */
export interface RestLine {
  readonly tenant: string;
  /** Path and query at the emulator itself; undefined where the address belongs to somebody else. */
  ownTarget(url: URL): string | undefined;
  callOwn(request: OwnRequest): Promise<OwnAnswer>;
  readonly signal: AbortSignal;
}

export interface RestRules {
  readonly outside: OutsideCaller;
  readonly gate: Gate;
  readonly breaker: Breaker;
  readonly breakerSettings: BreakerSettings;
  /** Milliseconds on the tenant's clock. */
  readonly now: (tenant: string) => number;
  /** Milliseconds on a clock that only rises. */
  readonly monotonic: () => number;
}

/** The REST API action tries so often in all where there is no valid response, or a 5xx (doc; which failures count is assumed). */
const TRIES: Readonly<Record<RestKind, number>> = { RESTAPI: 2, RESTPROXY: 1 };
/** In characters, for the trace. */
const LONGEST_SHOWN = 8192;

/** Rejects only where the run was interrupted, with the reason of the line's signal. */
export async function callRest(settings: RestSettings, line: RestLine, rules: RestRules): Promise<RestOutcome> {
  line.signal.throwIfAborted();
  if (!URL.canParse(settings.url)) return without([], addressInvalid(settings.url));
  if (settings.kind === 'RESTAPI' && settings.body !== undefined && /[\r\n]/.test(settings.body))
    return without([], bodyMultiline(settings.body));
  if (settings.kind === 'RESTPROXY') return tryOften(settings, line, rules);

  const left = rules.breaker.open(line.tenant, rules.now(line.tenant));
  if (left > 0) return without([], nowhere({ code: 'REST_CIRCUIT_OPEN', ...circuitOpen(left, rules.breakerSettings) }));
  const leave = await rules.gate.enter(line.tenant, line.signal);
  try {
    const outcome = await tryOften(settings, line, rules);
    rules.breaker.record(line.tenant, isBreakdown(outcome), rules.now(line.tenant));
    return outcome;
  } finally {
    leave();
  }
}

async function tryOften(settings: RestSettings, line: RestLine, rules: RestRules): Promise<RestOutcome> {
  const calls: RestCall[] = [];
  for (let tries = 1; ; tries += 1) {
    const outcome = await tryOnce(settings, line, rules);
    calls.push(...outcome.calls);
    const again = isBreakdown(outcome) && outcome.problem?.code !== 'REST_HOST_REFUSED' && tries < TRIES[settings.kind];
    if (!again) return { ...outcome, calls };
  }
}

/** Whether there was no valid response, or one that says that the server is broken. */
function isBreakdown({ status, problem }: RestOutcome): boolean {
  return status >= 500 || (status === -1 && problem !== undefined && !UNTRIED.has(problem.code));
}

/** These would fail in the same way again. */
const UNTRIED: ReadonlySet<RefusalCode> = new Set(['REST_RESPONSE_TOO_LARGE', 'REST_RESPONSE_NOT_JSON', 'REST_BODY_MULTILINE']);

interface Response {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly redirect?: Redirect;
}

async function tryOnce(settings: RestSettings, line: RestLine, rules: RestRules): Promise<RestOutcome> {
  const started = rules.monotonic();
  const url = new URL(settings.url);
  const shown = (response: Response | undefined, traceId: string | null): RestCall => ({
    request: {
      method: settings.method,
      url: redactTarget(settings.url),
      headers: shownHeaders(settings.headers),
      body: settings.body === undefined ? null : redactText(settings.body.slice(0, LONGEST_SHOWN)),
    },
    response:
      response === undefined
        ? null
        : {
            status: response.status,
            headers: shownHeaders(response.headers),
            body: redactText(response.body.slice(0, LONGEST_SHOWN)),
          },
    durationMs: Math.round((rules.monotonic() - started) * 1000) / 1000,
    traceId,
  });

  const target = line.ownTarget(url);
  if (target === undefined) {
    const { method, headers, body, timeout } = settings;
    const result = await rules.outside({ method, url, headers, body, timeout, signal: line.signal });
    if ('failure' in result) {
      const { response, ...failure } = result.failure;
      const part = response === undefined ? undefined : { ...response, body: '' };
      return without([shown(part, null)], nowhere(failure));
    }
    return judged(settings, result.response, [shown(result.response, null)], null);
  }
  const answer = await withinTime(settings, line, target);
  if (answer === undefined) return without([shown(undefined, null)], timedOut(settings));
  if (answer.broken) return without([shown(undefined, answer.traceId)], brokenOff(settings, answer), answer.traceId);
  const calls = [shown(answer, answer.traceId)];
  if (Buffer.byteLength(answer.body) > LARGEST_ANSWER)
    return without(calls, tooLarge(Buffer.byteLength(answer.body)), answer.traceId);
  return judged(settings, answer, calls, answer);
}

/** undefined where the time was over first. */
async function withinTime(settings: RestSettings, line: RestLine, target: string): Promise<OwnAnswer | undefined> {
  const { method, headers, body } = settings;
  let stop: () => void = () => undefined;
  const over = new Promise<undefined>((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(undefined);
    }, settings.timeout);
    const interrupted = (): void => {
      reject(line.signal.reason as Error);
    };
    line.signal.addEventListener('abort', interrupted);
    stop = () => {
      clearTimeout(timer);
      line.signal.removeEventListener('abort', interrupted);
    };
  });
  try {
    return await Promise.race([line.callOwn({ method, target, headers, body }), over]);
  } finally {
    stop();
  }
}

/** What a response is worth: a refusal and a body that cannot be read are failures. */
function judged(settings: RestSettings, response: Response, calls: readonly RestCall[], own: OwnAnswer | null): RestOutcome {
  const { status, statusText, headers, redirect } = response;
  const json = readJson(response.body);
  const body = settings.read === 'nothing' ? '' : settings.read === 'json' && json !== undefined ? json.value : response.body;
  const outcome = {
    ...{ status, statusText, headers, body, traceId: own?.traceId ?? null, calls, warnings: own?.warnings ?? [] },
    ...(redirect === undefined ? {} : { redirect }),
  };
  if (status >= 400) return { ...outcome, problem: sentOn(refused(settings, response, own), redirect) };
  if (settings.read === 'json' && json === undefined && response.body !== '')
    return { ...without(calls, sentOn(notJson(settings, response), redirect), outcome.traceId), body: response.body };
  return outcome;
}

/** Whoever answered may have been asked for something else than the script wanted. */
function sentOn(problem: Finding, redirect: Redirect | undefined): Finding {
  if (redirect === undefined) return problem;
  const told = { ...problem, message: `${problem.message} ${redirectText(redirect)}` };
  if (!redirect.asGet) return told;
  return {
    ...told,
    remedy:
      'Call the address that the redirect leads to: at 301, 302 and 303 a call goes on without its body. Where it leads to a page to sign in, the server wants to know who calls: look at headers.',
  };
}

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function without(calls: readonly RestCall[], problem: Finding, traceId: string | null = null): RestOutcome {
  return { status: -1, statusText: problem.message, headers: {}, body: '', traceId, calls, problem };
}

function shownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactHeader(name, value)]));
}

function nowhere(failure: Omit<Finding, 'in' | 'pointer'>): Finding {
  return { ...failure, in: null, pointer: null };
}

function refused(settings: RestSettings, { status, statusText, body }: Response, own: OwnAnswer | null): Finding {
  const answer = `${String(status)} ${statusText}`.trim();
  if (settings.raw) return rawBodyRefused(settings.body ?? '', answer, own);
  return nowhere({
    code: 'REST_CALL_FAILED',
    message: `${settings.method} ${shortened(redactTarget(settings.url))} was answered ${answer}.`,
    expected: 'an answer below 400',
    received:
      own?.cause === undefined ? `${answer}: ${show(redactText(body))}` : `${answer} for ${own.cause.code}: ${own.cause.message}`,
    remedy:
      own?.cause === undefined
        ? own === null
          ? 'Look at what was sent, which the trace shows, and at what the other side says of it.'
          : `The trace ${own.traceId} has the emulator’s own side.`
        : `${own.cause.remedy} The trace ${own.traceId} has the emulator’s own side.`,
  });
}

/** A script’s REST call must have its body as a template over what came in (report). */
function rawBodyRefused(body: string, answer: string, own: OwnAnswer | null): Finding {
  const json = readJson(body)?.value;
  const object = typeof json === 'object' && json !== null ? JSON.stringify(json) : '{"sessionId": "{{ context.sessionId }}"}';
  return nowhere({
    code: 'TEMPLATE_RAW_BODY',
    message: `The body is a raw string. It was sent as it stands, and answered ${answer}.`,
    expected: 'a body as an object, whose values are templates',
    received: `${show(body)}${own?.cause === undefined ? '' : `, refused for ${own.cause.code}`}`,
    remedy: `Write the body as an object, without quotes around it: its templates are filled in, and it is sent as JSON. body: ${shortened(object)}${own === null ? '' : ` The trace ${own.traceId} has the emulator’s own side.`}`,
  });
}

function addressInvalid(url: string): Finding {
  return nowhere({
    code: 'REST_CALL_FAILED',
    message: 'The address of the call is none.',
    expected: 'an address such as {{ env.CXONE }}/api/v2/conversations, or https://…',
    received: show(redactTarget(url)),
    remedy: url.startsWith('/')
      ? 'Put {{ env.CXONE }} before the path: it holds where this tenant is reached.'
      : 'Begin with http:// or https://, and encode what is put into it: {{ context.id | url_encode }}.',
  });
}

function bodyMultiline(body: string): Finding {
  return nowhere({
    code: 'REST_BODY_MULTILINE',
    message: 'The JSON of a RESTAPI stands on several lines.',
    expected: 'JSON on one line',
    received: `${String(body.split(/\r\n|[\r\n]/).length)} lines: ${show(body)}`,
    remedy: 'Write it as an object below body, which is sent on one line, or take the line breaks out of bodyText.',
  });
}

function brokenOff({ method, url }: RestSettings, { traceId }: OwnAnswer): Finding {
  return nowhere({
    code: 'REST_CALL_FAILED',
    message: `${method} ${shortened(redactTarget(url))} had no whole answer: the connection broke.`,
    expected: 'an answer of the other side',
    received: 'a connection that closed before its end',
    remedy: `A fault was asked for here; the trace ${traceId} has the emulator’s own side.`,
  });
}

function timedOut({ kind, timeout }: RestSettings): Finding {
  return nowhere({
    code: 'REST_TIMEOUT',
    message: 'The call took too long.',
    expected: `an answer within ${String(timeout)} ms`,
    received: 'none',
    remedy: `Raise the timeout of the ${kind} action, or have the other side answer first and work afterwards.`,
  });
}

function tooLarge(bytes: number): Finding {
  return nowhere({
    code: 'REST_RESPONSE_TOO_LARGE',
    message: 'The response is over 32 KB.',
    expected: `at most ${String(LARGEST_ANSWER)} bytes`,
    received: `${String(bytes)} bytes`,
    remedy: 'Ask for less: fewer items, fewer fields. CXone refuses a larger response.',
  });
}

function notJson({ kind }: RestSettings, { headers, body }: Response): Finding {
  const type = headers['content-type'];
  return nowhere({
    code: 'REST_RESPONSE_NOT_JSON',
    message: 'The response is not JSON.',
    expected: 'JSON',
    received: `${show(redactText(body))}${type === undefined ? '' : `, as ${type}`}`,
    remedy:
      kind === 'RESTAPI'
        ? `RESTAPI takes JSON only${/<html/i.test(body) ? ': this looks like a page, of a proxy or of a wrong address' : ''}. For anything else use RESTPROXY with parser ${listed(['XML'])}.`
        : 'Set the parser of the RESTPROXY action to XML to take the text as it stands, or to JSON, ignore the body to do without.',
  });
}

function shortened(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
