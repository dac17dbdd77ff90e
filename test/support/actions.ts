/** Runs a script of some actions, and reads its trace. */
import type { Emulator, EmulatorOptions, Trace, TraceEntry } from '../../src/index.js';
import { type Answer, send, traceOf } from './client.js';
import { type Files, outside, webhook, withScripts } from './scripts.js';

interface Ran {
  readonly started: Emulator;
  readonly url: string;
  readonly answer: Answer;
  readonly trace: Trace;
}

export const ok = { type: 'RESPOND', body: { ok: true } };

/** Calls the script `bot`, which has these actions. */
export async function ran(
  actions: object,
  body: unknown = {},
  { given, more = {}, ...options }: EmulatorOptions & { given?: (url: string) => Promise<unknown>; more?: Files } = {},
): Promise<Ran> {
  const started = await withScripts({ ...webhook('bot', actions), ...more }, options);
  const { url } = started;
  await given?.(url);
  const answer = await send(url, { path: '/webhooks/bot', body });
  return { started, url, answer, trace: await traceOf(url, answer) };
}

export function causeIn({ entries }: Trace): TraceEntry | undefined {
  return entries.find(({ level }) => level === 'error');
}

/** The actions that fired, each with its branch. */
export function way({ entries }: Trace): string[] {
  return entries.flatMap(({ action, branch }) => (action === undefined ? [] : [`${action} → ${String(branch)}`]));
}

/** A script on every new conversation. */
export function onConversation(name: string, actions: object, more: object = {}): Files {
  return { [`${name}.yaml`]: { name, trigger: { conversation: {} }, actions, ...more } };
}

export async function attributesOf(url: string, contactId: string): Promise<unknown> {
  return (await send(url, { path: `/api/v2/contacts/${contactId}/attributes` })).body;
}

/** A host that never responds. The promises resolve when a request arrives, and when its connection closes. */
export async function hangingHost(): Promise<{
  readonly url: string;
  readonly isAsked: Promise<void>;
  readonly isClosed: Promise<void>;
}> {
  let asked: () => void = () => undefined;
  let closed: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const url = await outside((request) => {
    request.on('close', closed);
    asked();
  });
  return { url, isAsked, isClosed };
}

export const traceFor = (started: Emulator, script: string): Trace | undefined => started.traces({ script })[0];
