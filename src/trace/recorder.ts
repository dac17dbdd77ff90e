/**
 * Records what happens to one request, or to one run of a script. The facts are kept raw while the request runs; `render`
 * makes the trace that people read, without secrets and customer data.
 */
import { CATALOGUE, type Code, type Explanation, type Finding, type WarningCode } from '../errors/catalogue.js';
import { detached, isoTime } from '../shared/format.js';
import type { Found, Redactor } from './redact-paths.js';
import { KnownAttributes } from './seen-attributes.js';
import { isSecretName, REDACTED, redactHeader, redactTarget, redactText } from './redact.js';
import { secretsHider, type SecretsHider } from './secrets.js';
import type { Level, Outcome, Trace, TraceEntry } from './trace.js';

/** How a trace begins. */
export interface TraceStart {
  readonly traceId: string;
  readonly tenant: string;
  readonly transport: Trace['transport'];
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The trace of the script that sent the request. */
  readonly parent: string | null;
  /** Milliseconds since the epoch, on the tenant's clock. */
  readonly startedAt: number;
  /** Milliseconds on a clock that only rises. */
  readonly monotonic: () => number;
}

/** A response, as far as a trace shows it. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What no trace may show. */
export interface Hiding {
  /** Hides customer data; undefined if none is named. */
  readonly redactor: Redactor | undefined;
  /** Hides the secrets of scripts; undefined if there are none. */
  readonly hideSecrets: SecretsHider | undefined;
}

/** An entry that a script writes: `at` and `stage` are filled in. */
export type Step = Omit<TraceEntry, 'at' | 'stage'> & Pick<Explanation, 'inWords'>;

export class TraceRecorder {
  readonly #start: TraceStart;
  /** On the monotonic clock. */
  readonly #started: number;
  #entries: TraceEntry[] = [];
  #leftOut = 0;
  #seenAttributes: KnownAttributes | undefined;

  stage = 'receive';
  operationId: string | null = null;
  pathParameters: Readonly<Record<string, string>> = {};
  body: Buffer = NO_BYTES;
  /** The decoded body; undefined until it is known to be text. */
  bodyText: string | undefined;
  /** Whether all of the body arrived. */
  bodyArrived = true;
  /** null while there is none, and if nothing is sent. */
  response: RecordedResponse | null = null;
  outcome: Outcome = 'accepted';
  conversationId: string | null = null;
  contactId: string | null = null;
  /** The script whose run this is. */
  script: string | null = null;
  /** Whether that script still runs, after the response. */
  running = false;
  /** Called when a script that still runs has rested or ended: the trace that was kept is out of date. */
  onChange: () => void = IGNORE;

  constructor(start: TraceStart) {
    this.#start = start;
    this.#started = start.monotonic();
  }

  get traceId(): string {
    return this.#start.traceId;
  }

  /** Milliseconds since the request arrived. */
  get elapsed(): number {
    return Math.round((this.#start.monotonic() - this.#started) * 1000) / 1000;
  }

  /** The first error, which is the cause. */
  get cause(): TraceEntry | undefined {
    return this.#entries.find(({ level }) => level === 'error');
  }

  log(message: string): void {
    this.#entries.push({ at: this.elapsed, stage: this.stage, level: 'info', code: null, message });
  }

  warn(
    code: WarningCode | 'CLIENT_DISCONNECTED' | 'FAULT_INJECTED',
    explanation: Explanation,
    level: Level = levelOf(code),
  ): void {
    this.#enter(code, level, explanation);
  }

  error(finding: Finding): void {
    this.#enter(finding.code, 'error', finding);
  }

  /** Returns what turns the entry into the cause, if the script failed because of it after all. */
  step({ inWords, ...step }: Step): () => void {
    const { message, pointer, expected, received, remedy } = step;
    const entry: TraceEntry = {
      ...step,
      at: this.elapsed,
      stage: 'answer',
      message: shortened(message),
      ...(pointer === undefined || pointer === null ? {} : { pointer: shortened(pointer) }),
      ...(expected === undefined ? {} : { expected: shortened(expected) }),
      ...(received === undefined ? {} : { received: fieldValue(pointer ?? null, received, inWords) }),
      ...(remedy === undefined ? {} : { remedy: shortened(remedy) }),
      ...(step.code === null ? {} : { provenance: step.provenance ?? CATALOGUE[step.code].provenance }),
    };
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#leaveOut();
    return () => {
      const place = this.#entries.lastIndexOf(entry);
      if (place !== -1) this.#entries[place] = { ...entry, level: 'error' };
    };
  }

  /** Says what the trace is about, so that it can be found by it. */
  linkTo(about: { readonly conversationId?: string; readonly contactId?: string }): void {
    if (about.conversationId !== undefined) this.conversationId = searchable(about.conversationId);
    if (about.contactId !== undefined) this.contactId = searchable(about.contactId);
  }

  /** Attributes that a script has read: the trace shows none of those that must be hidden. */
  trackAttributes(attributes: Readonly<Record<string, string>>): void {
    this.#seenAttributes ??= new KnownAttributes();
    this.#seenAttributes.add(attributes);
  }

  /** The trace as it is now, safe to be read and kept. */
  render({ redactor, hideSecrets }: Hiding): Trace {
    const { traceId, tenant, transport, method, target, headers, parent, startedAt } = this.#start;
    const { body, bodyText, response } = this;
    const seen = this.#seenAttributes;
    const found: Found = new Set();
    if (seen !== undefined) redactor?.body(seen.asBody, found);
    const safeBody = (text: string): string => redactedBody(redactor === undefined ? text : redactor.body(text, found));
    const trace: Trace = {
      traceId,
      tenant,
      transport,
      startedAt: isoTime(startedAt),
      durationMs: this.elapsed,
      operationId: this.operationId,
      outcome: this.running && this.outcome === 'accepted' ? 'running' : this.outcome,
      request: {
        method,
        path: redactTarget(cut(target)),
        headers: redactedHeaders(headers),
        body: body.length === 0 ? null : safeBody(bodyText ?? body.toString('utf8', 0, MAX_BODY)),
        bodyBytes: body.length,
        bodyComplete: this.bodyArrived && (bodyText ?? body).length <= MAX_BODY,
      },
      response:
        response === null
          ? null
          : {
              status: response.status,
              headers: response.headers,
              body: response.body === null || method === 'HEAD' ? null : safeBody(response.body),
            },
      conversationId: this.conversationId,
      contactId: this.contactId,
      script: this.script,
      parent,
      // A script that still runs adds to them.
      entries: this.running ? [...this.#entries] : this.#entries,
    };
    const hidden = redactor?.hide(trace, this.pathParameters, found) ?? trace;
    const withoutSecrets = hideSecrets?.(hidden) ?? hidden;
    return seen === undefined ? withoutSecrets : (secretsHider(seen.secrets)?.(withoutSecrets) ?? withoutSecrets);
  }

  /** A script may run for as long as the emulator: what is in the middle goes first. */
  #leaveOut(): void {
    this.#leftOut += 1;
    const message = `${String(this.#leftOut)} entries were left out here.`;
    const note: TraceEntry = { at: this.elapsed, stage: 'answer', level: 'info', code: null, message };
    this.#entries.splice(MAX_ENTRIES / 2, this.#leftOut === 1 ? 1 : 2, note);
  }

  // One literal: spreading members here would cost every request.
  #enter(code: Code, level: Level, explanation: Explanation): void {
    const { pointer } = explanation;
    this.#entries.push({
      at: this.elapsed,
      stage: this.stage,
      level,
      code,
      message: shortened(explanation.message),
      in: explanation.in,
      pointer: pointer === null ? null : shortened(pointer),
      expected: shortened(explanation.expected),
      received: fieldValue(pointer, explanation.received, explanation.inWords),
      remedy: shortened(explanation.remedy),
      provenance: explanation.provenance ?? CATALOGUE[code].provenance,
    });
  }
}

const NO_BYTES = Buffer.alloc(0);
const IGNORE = (): void => undefined;

const MAX_ENTRIES = 1000;
/** In characters, which are bytes in nearly all bodies. */
const MAX_BODY = 8192;
/** In characters: a key may be as long as a body, and an entry is for reading. */
const MAX_TEXT = 1500;
/** In characters: nobody looks for a longer id. */
const MAX_ID = 256;

function levelOf(code: Code): Level {
  const entry = CATALOGUE[code];
  return 'level' in entry ? entry.level : 'warn';
}

/** A field that is named like a secret holds one. */
function fieldValue(pointer: string | null, received: string, inWords = false): string {
  const secret = !inWords && pointer !== null && isSecretName(pointer.slice(pointer.lastIndexOf('/') + 1));
  return secret ? REDACTED : shortened(received);
}

function shortened(text: string): string {
  return redactText(text.length > MAX_TEXT ? `${detached(text.slice(0, MAX_TEXT))}…` : text);
}

function searchable(id: string): string {
  return redactText(id.length > MAX_ID ? detached(id.slice(0, MAX_ID)) : id);
}

/** Cut before it is redacted, so that the work does not grow with the body; a secret that is cut is still redacted. */
function redactedBody(text: string): string {
  return redactText(cut(text));
}

function cut(text: string): string {
  return text.length > MAX_BODY ? detached(text.slice(0, MAX_BODY)) : text;
}

function redactedHeaders(headers: TraceStart['headers']): Record<string, string> {
  const redacted: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) redacted[name] = redactHeader(name, cut(typeof value === 'string' ? value : value.join(', ')));
  }
  return redacted;
}
