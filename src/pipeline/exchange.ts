/** An exchange: one message with all that is known about it, from its arrival to its answer. */
import type { ContractOperation, Family, MediaKind } from '../contract/contract.js';
import type { Clocks } from '../platform/clock.js';
import type { Feed, OutsideCall, Reply } from '../platform/operation.js';
import { Origin } from '../platform/origin.js';
import { Activity, type Cause, type PlatformEvent, type RunTrace, type Step } from '../platform/studio.js';
import { CATALOGUE, type Code, type Explanation, NEVER_SENT, type Rejection, type WarningCode } from '../rejections.js';
import { KnownAttributes } from '../trace/known-attributes.js';
import { isSecretName, REDACTED, redactText } from '../trace/redact.js';
import type { Level, Outcome, TraceEntry } from '../trace/trace.js';
import { detached } from '../shown.js';
import { DEFAULT_TENANT, isTenantName, readTarget } from './target.js';
import { urlReached } from './reached.js';
import type { Services } from './services.js';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The bytes of a body, or what kept them from arriving whole. */
export interface Received {
  readonly bytes: Buffer;
  /** Kept for later, so that every trace has the body, whatever refuses it. */
  readonly fault?: Rejection;
}

/** A message as a transport hands it over. */
export interface Arrival {
  readonly transport: 'http' | 'script';
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Headers;
  /** What made it no message at all, such as bytes that are not HTTP. */
  readonly fault?: Rejection;
  /** Reads the body, up to the limit in bytes. */
  receive(limit: number): Received | Promise<Received>;
  /** Whether the caller has left. */
  gone(): boolean;
  /** The script that sends it. */
  readonly parent?: Cause;
}

/** What goes back on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** null: no body at all, as with 204. */
  readonly body: string | null;
  /** What follows the head, instead of a body. */
  readonly feed?: Feed;
  /** Whether the connection must not be used again. */
  readonly close: boolean;
  /** What another server answered, which goes back as it came, instead of headers and body. */
  readonly passedOn?: PassedOn;
  /** What becomes of it instead: the connection is reset, nothing is sent at all, or it closes in the middle of the body. */
  readonly broken?: 'reset' | 'hang' | 'cut';
}

/** An answer of another server. */
export interface PassedOn {
  readonly statusText: string;
  /** Name, value, name, value, as they were sent, without those that belong to that connection alone. */
  readonly rawHeaders: readonly string[];
  /** As they came, compressed ones too. */
  readonly bytes: Buffer;
}

export class Exchange implements OutsideCall {
  readonly traceId: string;
  readonly arrival: Arrival;
  /** The writes of a dry run are undone, and its trace is not kept. */
  readonly dryRun: boolean;
  readonly entries: TraceEntry[] = [];
  /** Milliseconds since the epoch, on the tenant's clock. */
  readonly startedAt: number;
  /** On the monotonic clock. */
  readonly started: number;

  readonly tenant: string;
  /** What stands after `/t/` where it is no tenant's name; such an exchange belongs to the default tenant. */
  readonly wrongTenant: string | undefined;
  /** Without the tenant's prefix and the query; not decoded. */
  path: string;
  readonly rawQuery: string;
  /** The answer's shape depends on it, so it is set before the operation is known. */
  family: Family;
  stage = 'receive';

  bytes: Buffer = NO_BYTES;
  bodyFault: Rejection | undefined;
  bodyText: string | undefined;
  mediaType: MediaKind | undefined;
  operation: ContractOperation | undefined;
  pathParameters: Readonly<Record<string, string>> = {};
  query: Readonly<Record<string, unknown>> = {};
  body: unknown;
  /** How deep the body nests. */
  bodyDepth = 0;

  /** What a fault makes of the answer. */
  spoil: 'reset' | 'hang' | 'cut' | 'malformed' | undefined;
  reply: Reply | undefined;
  rejection: Rejection | undefined;
  outcome: Outcome = 'accepted';
  /** What the scripts are told of, once it is through. */
  readonly events: PlatformEvent[] = [];
  /** The script whose trace this is. */
  script: string | null = null;
  /** What its script had at hand. */
  known: KnownAttributes | undefined;
  conversationId: string | null = null;
  contactId: string | null = null;

  /** Keeps the trace anew, once it was kept and its script has gone on. */
  amend: () => void = NOT_KEPT_YET;
  #running = false;
  #leftOut = 0;
  #cause: Cause | undefined;
  readonly #clocks: Clocks;
  readonly #reached: string | (() => string);

  constructor(arrival: Arrival, traceId: string, { contract, clocks, ownUrl, settings }: Services, dryRun = false) {
    this.arrival = arrival;
    this.traceId = traceId;
    this.dryRun = dryRun;
    this.#clocks = clocks;
    this.started = clocks.monotonic();
    const target = readTarget(arrival.target);
    const named = isTenantName(target.tenant);
    this.tenant = named ? target.tenant : DEFAULT_TENANT;
    this.startedAt = clocks.now(this.tenant);
    this.wrongTenant = named ? undefined : target.tenant;
    this.path = target.path;
    this.rawQuery = target.query;
    this.family = contract.familyOf(target.path);
    this.#reached = settings.publicUrl ?? (() => urlReached(arrival, ownUrl));
  }

  get method(): string {
    return this.arrival.method;
  }

  /** Where this caller reaches the tenant, without a slash at the end: what URLs in answers begin with. */
  get baseUrl(): string {
    const reached = typeof this.#reached === 'string' ? this.#reached : this.#reached();
    return `${reached}${this.tenant === DEFAULT_TENANT ? '' : `/t/${this.tenant}`}`;
  }

  /** Whether its script goes on. */
  get running(): boolean {
    return this.#running;
  }

  get cause(): Cause {
    this.#cause ??= {
      traceId: this.traceId,
      activity: this.arrival.parent?.activity ?? new Activity(),
      origin: this.arrival.parent?.origin ?? new Origin(),
      baseUrl: this.baseUrl,
      depth: this.arrival.parent?.depth ?? 0,
    };
    return this.#cause;
  }

  get headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.arrival.headers).map((name) => [name, this.header(name) ?? '']));
  }

  get now(): string {
    return isoTime(this.#clocks.now(this.tenant));
  }

  /** Milliseconds since it arrived. */
  get elapsed(): number {
    return Math.round((this.#clocks.monotonic() - this.started) * 1000) / 1000;
  }

  /** A header's value; several of one name are joined as HTTP joins them. */
  header(name: string): string | undefined {
    const value = this.arrival.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  tell(message: string): void {
    this.entries.push({ at: this.elapsed, stage: this.stage, level: 'info', code: null, message });
  }

  emit(event: PlatformEvent): void {
    this.events.push(event);
  }

  runScript(name: string): RunTrace {
    this.script = name;
    this.#running = true;
    return {
      traceId: this.traceId,
      warn: (code, explanation, level) => {
        this.warn(code, explanation, level);
      },
      concern: (about) => {
        this.concern(about);
      },
      know: (attributes) => {
        this.known ??= new KnownAttributes();
        this.known.add(attributes);
      },
      enter: (entry) => this.#enterStep(entry),
      pause: () => {
        this.amend();
      },
      end: (outcome) => {
        this.#running = false;
        if (outcome === 'failed') this.outcome = outcome;
        this.amend();
      },
    };
  }

  warn(
    code: WarningCode | 'CLIENT_DISCONNECTED' | 'FAULT_INJECTED',
    explanation: Explanation,
    level: Level = levelOf(code),
  ): void {
    this.#enter(code, level, explanation);
  }

  /** Puts every finding of a refusal into the trace; the first is the cause. */
  refuse(rejection: Rejection): void {
    this.rejection = rejection;
    this.outcome = this.status === NEVER_SENT || this.status >= 500 ? 'failed' : 'rejected';
    if (rejection.parts.told === true) return;
    for (const finding of rejection.findings) this.#enter(finding.code, 'error', finding);
  }

  /** The status of the refusal, in this family; 0 where there is none. */
  get status(): number {
    return this.rejection?.statusIn(this.family.name) ?? 0;
  }

  concern(about: { readonly conversationId?: string; readonly contactId?: string }): void {
    if (about.conversationId !== undefined) this.conversationId = findable(about.conversationId);
    if (about.contactId !== undefined) this.contactId = findable(about.contactId);
  }

  #enterStep({ inWords, ...step }: Step): () => void {
    const { message, pointer, expected, received, remedy } = step;
    const entry: TraceEntry = {
      ...step,
      at: this.elapsed,
      stage: 'answer',
      message: told(message),
      ...(pointer === undefined || pointer === null ? {} : { pointer: told(pointer) }),
      ...(expected === undefined ? {} : { expected: told(expected) }),
      ...(received === undefined ? {} : { received: toldOfField(pointer ?? null, received, inWords) }),
      ...(remedy === undefined ? {} : { remedy: told(remedy) }),
      ...(step.code === null ? {} : { provenance: step.provenance ?? CATALOGUE[step.code].provenance }),
    };
    this.entries.push(entry);
    if (this.entries.length > MOST_ENTRIES) this.#leaveOut();
    return () => {
      const place = this.entries.lastIndexOf(entry);
      if (place !== -1) this.entries[place] = { ...entry, level: 'error' };
    };
  }

  /** A script may run for as long as the emulator: what is in the middle goes first. */
  #leaveOut(): void {
    this.#leftOut += 1;
    const message = `${String(this.#leftOut)} entries were left out here.`;
    const note: TraceEntry = { at: this.elapsed, stage: 'answer', level: 'info', code: null, message };
    this.entries.splice(MOST_ENTRIES / 2, this.#leftOut === 1 ? 1 : 2, note);
  }

  // One literal: of each member that is spread here, every request would pay.
  #enter(code: Code, level: Level, explanation: Explanation): void {
    const { pointer } = explanation;
    this.entries.push({
      at: this.elapsed,
      stage: this.stage,
      level,
      code,
      message: told(explanation.message),
      in: explanation.in,
      pointer: pointer === null ? null : told(pointer),
      expected: told(explanation.expected),
      received: toldOfField(pointer, explanation.received, explanation.inWords),
      remedy: told(explanation.remedy),
      provenance: explanation.provenance ?? CATALOGUE[code].provenance,
    });
  }
}

/** What a field holds that is named like a secret is one. */
function toldOfField(pointer: string | null, received: string, inWords = false): string {
  const secret = !inWords && pointer !== null && isSecretName(pointer.slice(pointer.lastIndexOf('/') + 1));
  return secret ? REDACTED : told(received);
}

/** So many entries has the trace of a script at most. */
const MOST_ENTRIES = 1000;

const NO_BYTES = Buffer.alloc(0);
const NOT_KEPT_YET = (): void => undefined;

const latest = { milliseconds: Number.NaN, text: '' };

/** ISO 8601 in UTC. Under load many requests fall into one millisecond, and writing a date is dear. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== latest.milliseconds) {
    latest.text = new Date(milliseconds).toISOString();
    latest.milliseconds = milliseconds;
  }
  return latest.text;
}

/** A key may be as long as a body, and an entry is for reading. */
const LONGEST_TEXT = 1500;

function told(text: string): string {
  return redactText(text.length > LONGEST_TEXT ? `${detached(text.slice(0, LONGEST_TEXT))}…` : text);
}

/** Longer texts are no ids that anybody would look for. */
const LONGEST_ID = 256;

function findable(text: string): string {
  return redactText(text.length > LONGEST_ID ? detached(text.slice(0, LONGEST_ID)) : text);
}

function levelOf(code: Code): Level {
  const entry = CATALOGUE[code];
  return 'level' in entry ? entry.level : 'warn';
}
