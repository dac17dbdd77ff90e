/** Sends requests to a tenant of an emulator, each exactly as it is given, and reads what the control API knows of it. */
import { Agent as HttpAgent, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { show } from '../shared/format.js';
import { redactTarget } from '../trace/redact.js';
import type { Trace } from '../trace/trace.js';

export interface Message {
  readonly method: string;
  /** A path below the base, or a whole address. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** In seconds, for the whole answer. Default: 30. */
  readonly timeout?: number | undefined;
}

export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the JSON says; the text where it is none; undefined where there is no body. */
  readonly body: unknown;
  readonly traceId: string | undefined;
}

/** Something that keeps a step from being carried out, and what to do about it. */
export class Obstacle extends Error {
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.name = 'Obstacle';
    this.remedy = remedy;
  }
}

/** What keeps an answer from coming whole. */
export type NoAnswerKind = 'reset' | 'cut' | 'timeout';

/** No whole answer came, though somebody listens. */
export class NoAnswer extends Obstacle {
  readonly kind: NoAnswerKind;

  constructor(kind: NoAnswerKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** In seconds, for a whole answer. */
const PATIENCE = 30;

export class Client {
  /** The address of the tenant, without a slash at the end. */
  readonly base: string;
  readonly #signal: AbortSignal;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  /** `signal` breaks off whatever is under way. */
  constructor(base: string, signal: AbortSignal) {
    this.base = base;
    this.#signal = signal;
  }

  /** Throws an Obstacle where no whole answer comes. */
  async send({ method, target, headers = {}, body, timeout = PATIENCE }: Message): Promise<Answer> {
    const address = target.startsWith('/') ? this.base + target : target;
    if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address))
      throw new Obstacle(`${show(redactTarget(target))} is neither a path that begins with a slash nor an address.`);
    const { protocol, hostname, port, origin } = new URL(address);
    // As it is written: a URL would tidy up what the emulator shall see.
    const path = address.slice(/^https?:\/\/[^/?#]*/.exec(address)?.[0].length) || '/';
    const asked = `${method} ${redactTarget(path)}`;
    const all: OutgoingHttpHeaders = { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) };
    const secure = protocol === 'https:';
    const late = AbortSignal.timeout(timeout * 1000);
    const answer = { begun: false };
    try {
      return await new Promise((resolve, reject) => {
        const sent = (secure ? httpsRequest : httpRequest)(
          {
            protocol,
            hostname: hostname.replace(/^\[|\]$/g, ''),
            port,
            path,
            method,
            headers: all,
            agent: secure ? this.#https : this.#http,
            signal: AbortSignal.any([this.#signal, late]),
          },
          (response) => {
            answer.begun = true;
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const received = Object.fromEntries(
                Object.entries(response.headers).map(([name, value]) => [
                  name,
                  Array.isArray(value) ? value.join(', ') : (value ?? ''),
                ]),
              );
              const text = Buffer.concat(chunks).toString();
              resolve({
                status: response.statusCode ?? 0,
                headers: received,
                body: parsed(text),
                traceId: received['x-emulator-trace-id'],
              });
            });
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (late.aborted) throw new NoAnswer('timeout', `${origin} did not answer ${asked} within ${String(timeout)} s.`);
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED') throw new Obstacle(`Nothing listens at ${origin}.`, 'Start the emulator there first.');
      if (answer.begun) throw new NoAnswer('cut', `The answer of ${origin} to ${asked} broke off: ${message}.`);
      if (code === 'ECONNRESET') throw new NoAnswer('reset', `${origin} closed the connection instead of answering ${asked}.`);
      throw new Obstacle(`${asked} could not be sent to ${origin}: ${message}.`);
    }
  }

  /** Asks the control API; throws an Obstacle where it refuses. */
  async control(method: string, path: string, content?: unknown): Promise<unknown> {
    const answer = await this.#json(method, `/_emulator/${path}`, content);
    if (answer.status < 300) return answer.body;
    throw refusalOf(answer, `${method} /_emulator/${path}`);
  }

  /** undefined where it is not kept any more. */
  async trace(traceId: string): Promise<Trace | undefined> {
    const answer = await this.#json('GET', `/_emulator/traces/${encodeURIComponent(traceId)}`);
    return answer.status === 200 ? (answer.body as Trace) : undefined;
  }

  /** A new access token. The first credentials are used; any are taken where none are given. */
  async token(credentials: Readonly<Record<string, string>> | undefined): Promise<string> {
    const { clientId = 'scenario', clientSecret = 'secret', accessKeyId, accessKeySecret } = credentials ?? {};
    const form = new URLSearchParams(
      accessKeyId === undefined
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'password', username: accessKeyId, password: accessKeySecret ?? '' },
    );
    const answer = await this.send({
      method: 'POST',
      target: '/auth/token',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: Buffer.from(form.toString()),
    });
    const token = (answer.body as { access_token?: unknown } | undefined)?.access_token;
    if (typeof token === 'string') return token;
    throw new Obstacle(
      `No access token could be fetched: POST /auth/token answered ${String(answer.status)} ${answer.headers['x-emulator-cause'] ?? ''}`.trim(),
      'Name credentials that are taken under given.credentials.',
    );
  }

  #json(method: string, target: string, content?: unknown): Promise<Answer> {
    return this.send({
      method,
      target,
      headers: { accept: 'application/json', ...(content === undefined ? {} : { 'content-type': 'application/json' }) },
      body: content === undefined ? undefined : Buffer.from(JSON.stringify(content)),
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** The control API tells its cause in the body. */
export function refusalOf({ status, body, headers }: Answer, what: string): Obstacle {
  const cause = (body as { cause?: { code?: string; pointer?: string | null; received?: string; remedy?: string } } | undefined)
    ?.cause;
  const code = cause?.code ?? headers['x-emulator-cause'] ?? '';
  const place = cause?.pointer == null ? '' : ` at ${cause.pointer}, which is ${cause.received ?? 'something else'}`;
  return new Obstacle(`${what} was answered ${`${String(status)} ${code}`.trim()}${place}.`, cause?.remedy);
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
