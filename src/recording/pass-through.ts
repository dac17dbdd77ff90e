/** Passes requests on to an upstream and its answers back, and lets the emulator answer the same beside it. */
import type { InterceptorContext } from '../http/interceptor.js';
import { tenantIdentity } from '../cxone/model/ids.js';
import type { Answer, Arrival, Pipeline, Received, Services } from '../pipeline/index.js';
import { type Explanation, reject, Rejection } from '../errors/catalogue.js';
import { isSecretName, redactTarget } from '../trace/redact.js';
import { adopt, idsIn } from './import-entities.js';
import { bodyOf, decodedPair } from './bodies.js';
import { type Compared, type Difference, differencesOf, jsonOf } from './drift.js';
import { Learned, type LearnedSettings } from './inferred-settings.js';
import { headerOf, jsonOf as jsonOfOwn, recordedAnswer, type RecordedAnswer } from './recorded.js';
import { type Aim, aimOf, type Observe } from './recorder.js';
import { requestOf } from './request-step.js';
import type { Secrets } from './secrets.js';
import type { CallUpstream, UpstreamAnswer } from './upstream.js';
import { Wording } from './placeholders.js';

/** A difference, where it was seen, and how often. */
export interface Drift extends Difference {
  readonly operationId: string | null;
  readonly method: string;
  readonly path: string;
  readonly times: number;
}

export interface DriftReport {
  /** How many requests were passed on, and how many of them were answered. */
  readonly requests: number;
  readonly answered: number;
  readonly differences: readonly Drift[];
}

/** So many different ones are kept. */
const MOST_DIFFERENCES = 1000;
/** So many tokens of the upstream are remembered. */
const MOST_TOKENS = 1000;
const REFRESH_TOKEN = /(?<=^|&)refresh_token=[^&]*/;
const TOKENS = ['access_token', 'id_token', 'refresh_token'];

/** The answers that callers get are the upstream's: a fault would only make the emulator's own differ from them. */
const NO_FAULTS: Explanation = {
  message: 'There are no faults while requests are passed on to an upstream.',
  in: null,
  pointer: null,
  expected: 'an emulator that answers for itself',
  received: 'one that passes requests on, and gives back what its upstream answers (--upstream)',
  remedy: 'Start it without --upstream to have calls fail.',
};

export class PassThrough {
  readonly #call: CallUpstream;
  readonly #secrets: Secrets;
  readonly #learned = new Learned();
  readonly #drift = new Map<string, { readonly drift: Omit<Drift, 'times'>; times: number }>();
  /** By tenant and token of the upstream, what the emulator issued instead: each of its tenants takes only its own. */
  readonly #tokens = new Map<string, string>();
  #adopted: Promise<void> = Promise.resolve();
  #requests = 0;
  #answered = 0;

  constructor(call: CallUpstream, secrets: Secrets) {
    this.#call = call;
    this.#secrets = secrets;
  }

  /** `observe` records. */
  around(pipeline: Pipeline, observe: Observe, { services, token }: InterceptorContext): Pick<Pipeline, 'handle'> {
    const handle = async (arrival: Arrival): Promise<Answer | null> => {
      const current = services();
      const aim = aimOf(arrival, current);
      if (aim.operation?.operationId === 'addFault')
        return (await pipeline.observe({ ...arrival, fault: reject('CONTROL_INPUT_INVALID', NO_FAULTS) })).answer;
      if (aim.control || arrival.fault !== undefined) return (await observe(arrival)).answer;
      const received = await arrival.receive(aim.operation?.family.maxBody ?? current.settings.maxBody);
      const whole: Arrival = { ...arrival, receive: () => received };
      if (received.fault !== undefined) return (await observe(whole)).answer;
      this.#requests += 1;
      const target = aim.path + (aim.query === '' ? '' : `?${aim.query}`);
      const theirs = await this.#call({ method: arrival.method, target, headers: arrival.headers, bytes: received.bytes });
      const failed = theirs instanceof Rejection;
      const asOwn = await this.#asOwn(whole, received, aim, failed ? undefined : theirs, token);
      if (!failed && theirs.status < 400) {
        const body = bodyOf({ bytes: received.bytes, headers: arrival.headers });
        const value = typeof body !== 'string' && body.kind === 'json' ? body.value : undefined;
        await this.#adopt(aim, value, current, observe);
      }
      const own = await observe(asOwn);
      if (failed) return (await pipeline.observe({ ...whole, fault: theirs })).answer;
      this.#answered += 1;
      if (own.answer !== null) {
        const answer = recordedAnswer(own.answer, own.trace);
        this.#rememberTokens(aim.tenant, theirs, answer);
        this.#compare(arrival, received, aim, theirs, answer, current);
      }
      return { status: theirs.status, headers: {}, body: null, close: false, passedOn: theirs };
    };
    return { handle };
  }

  /** One after the other: of requests that come together, the first opens what all of them name. */
  #adopt(...what: Parameters<typeof adopt>): Promise<void> {
    const done = this.#adopted.then(() => adopt(...what));
    this.#adopted = done.catch(() => undefined);
    return done;
  }

  /** A token that the upstream took is none of the emulator’s: it gets one of its own instead. */
  async #asOwn(
    arrival: Arrival,
    { bytes }: Received,
    { tenant, operation }: Aim,
    theirs: UpstreamAnswer | undefined,
    issue: InterceptorContext['token'],
  ): Promise<Arrival> {
    const authorization = headerOf(arrival.headers, 'authorization');
    const given = /^\s*bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
    const taken = theirs?.status !== 401 && theirs?.status !== 403;
    const headers = { ...arrival.headers };
    if (given !== undefined && operation !== undefined && operation.token !== 'none' && taken)
      headers.authorization = `Bearer ${this.#tokens.get(keyOf(tenant, given)) ?? (await issue(tenant))}`;
    let text = bytes.toString('latin1');
    const refresh = operation?.operationId === 'issueToken' ? REFRESH_TOKEN.exec(text)?.[0] : undefined;
    const sentToken = refresh === undefined ? '' : (decodedPair(refresh)?.value ?? '');
    if (refresh !== undefined && sentToken !== '') {
      const known = this.#tokens.get(keyOf(tenant, sentToken));
      const issued = known ?? (theirs !== undefined && theirs.status < 300 ? await issue(tenant, 'refresh') : undefined);
      if (issued !== undefined) text = text.replace(refresh, `refresh_token=${issued}`);
    }
    const sent = Buffer.from(text, 'latin1');
    return { ...arrival, headers, receive: () => ({ bytes: sent }) };
  }

  #rememberTokens(tenant: string, theirs: UpstreamAnswer, own: RecordedAnswer): void {
    if (theirs.status >= 300 || own.status >= 300) return;
    const [one, other] = [jsonOf(theirs), jsonOfOwn(own)] as (Readonly<Record<string, unknown>> | null | undefined)[];
    for (const name of TOKENS) {
      const [given, issued] = [one?.[name], other?.[name]];
      if (typeof given !== 'string' || typeof issued !== 'string' || given === '') continue;
      this.#tokens.set(keyOf(tenant, given), issued);
      for (const oldest of this.#tokens.keys()) {
        if (this.#tokens.size <= MOST_TOKENS) break;
        this.#tokens.delete(oldest);
      }
    }
  }

  #compare(
    arrival: Arrival,
    { bytes }: Received,
    aim: Aim,
    upstream: UpstreamAnswer,
    own: RecordedAnswer,
    { contract, settings }: Services,
  ): void {
    const family = aim.operation?.family ?? contract.familyOf(aim.path);
    const compared: Compared = { method: aim.method, operation: aim.operation, family, contract, upstream, own };
    const body = bodyOf({ bytes, headers: arrival.headers });
    const ids = idsIn(aim, typeof body !== 'string' && body.kind === 'json' ? body.value : undefined);
    this.#learned.look(compared, ids.conversationId, settings.errors[family.name]);
    const differences = differencesOf(compared);
    if (differences.length === 0) return;
    // What an answer repeats of a request or of tokens must be known before it is told.
    const wording = new Wording(this.#secrets, tenantIdentity(aim.tenant), []);
    requestOf({ ...aim, headers: arrival.headers, bytes, baseUrl: '', answer: own }, wording, false);
    this.#noteSecrets(jsonOf(upstream));
    for (const difference of differences) {
      const drift = {
        operationId: aim.operation?.operationId ?? null,
        method: aim.method,
        path: aim.operation?.path ?? redactTarget(aim.path),
        ...difference,
      };
      const key = JSON.stringify(drift);
      const known = this.#drift.get(key);
      if (known !== undefined) known.times += 1;
      else if (this.#drift.size < MOST_DIFFERENCES) this.#drift.set(key, { drift, times: 1 });
    }
  }

  #noteSecrets(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value) as [string, unknown][]) {
      if (typeof member === 'string' && isSecretName(name) && member.length >= 16 && /[0-9]/.test(member))
        this.#secrets.nameOf(member, name);
      else this.#noteSecrets(member);
    }
  }

  /** Without secrets. */
  report(): DriftReport {
    const differences = [...this.#drift.values()].map(({ drift, times }) => ({
      ...drift,
      upstream: this.#told(drift, drift.upstream),
      emulator: this.#told(drift, drift.emulator),
      times,
    }));
    return { requests: this.#requests, answered: this.#answered, differences };
  }

  /** What would make the emulator answer more alike, and where the upstream had several answers. */
  learned({ conversationId }: { readonly conversationId: Parameters<Learned['settings']>[0] }): {
    readonly settings: LearnedSettings;
    readonly ambiguous: readonly string[];
  } {
    return { settings: this.#learned.settings(conversationId, (body) => this.#clean(body)), ambiguous: this.#learned.ambiguous };
  }

  /** A status and a type are no values of anybody’s; a challenge such as `Bearer realm="…"` only looks like a credential. */
  #told({ what, at }: Pick<Difference, 'what' | 'at'>, value: unknown): unknown {
    if (what === 'status' || what === 'body') return value;
    return at === 'www-authenticate' && typeof value === 'string' ? this.#secrets.withoutKnown(value) : this.#clean(value);
  }

  #clean(value: unknown): unknown {
    return new Wording(this.#secrets, tenantIdentity('default'), []).plain(value);
  }
}

/** Neither a tenant’s name nor a token has a space in it. */
function keyOf(tenant: string, token: string): string {
  return `${tenant} ${token}`;
}
