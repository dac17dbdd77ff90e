/** A client that sends exactly what a test says, no header more, and emulators that stop with their test. */
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import { onTestFinished } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions, type Trace } from '../../src/index.js';

export const HANDOVER = '/api/v2/conversations/webchat';
export const CONVERSATION = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
export const OTHER_CONVERSATION = '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8';

export interface Message {
  readonly method?: string;
  readonly path?: string;
  /** Accept and, with a body, the JSON type are sent unless said otherwise; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text and bytes are sent as they stand, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed; undefined where there is no body. */
  readonly body: any;
}

/** An emulator on a free port, closed when the test is over. */
export async function emulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const started = await createEmulator({ port: 0, ...options });
  onTestFinished(() => started.close());
  return started;
}

export function send(url: string, { method, path = HANDOVER, headers = {}, body }: Message = {}): Promise<Answer> {
  const bytes =
    body === undefined
      ? undefined
      : Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const all: Record<string, string | undefined> = {
    accept: 'application/json',
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url + path,
      { method: method ?? (bytes === undefined ? 'GET' : 'POST'), headers: sent, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text,
            body: text === '' ? undefined : JSON.parse(text),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

/** The trace of an answer, read over the control API of its tenant. */
export async function traceOf(url: string, answer: Answer, tenant = ''): Promise<Trace> {
  const found = await send(url, { path: `${tenant}/_emulator/traces/${answer.headers['x-emulator-trace-id'] ?? ''}` });
  if (found.status !== 200) throw new Error(`no trace for ${JSON.stringify(answer)}`);
  return found.body as Trace;
}

export async function open(
  url: string,
  conversation: Readonly<Record<string, unknown>> = { conversationId: CONVERSATION },
): Promise<any> {
  const answer = await send(url, { method: 'POST', path: '/_emulator/conversations', body: conversation });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

/** Writes bytes to a bare socket and answers all that comes back until the other side closes. */
export function talk(url: string, ...pieces: (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = createConnection({ host: hostname, port: Number(port) }, () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString());
    });
  });
}

export const CONTACT = '463012345678';

/** Any credentials, as Cognigy's extension sends them. */
export const CREDENTIALS = {
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${Buffer.from('client:client-secret').toString('base64')}`,
  },
  body: 'grant_type=password&username=key&password=key-secret',
} as const;

/** A token answer, fetched at `{tenant}/auth/token`. */
export async function tokens(url: string, tenant = ''): Promise<any> {
  const answer = await send(url, { path: `${tenant}/auth/token`, ...CREDENTIALS });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
}

/** The message with a token of the default tenant. */
export function withToken(message: Message): (url: string) => Promise<Message> {
  return async (url) => ({
    ...message,
    headers: { authorization: `Bearer ${(await tokens(url)).access_token as string}`, ...message.headers },
  });
}
