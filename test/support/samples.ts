/** The sample scripts in an emulator: how to call them, and what their traces say. */
import { expect } from 'vitest';
import { causeOf, type EmulatorOptions, type Trace, warningsOf } from '../../src/index.js';
import { type Answer, CONVERSATION, emulator, send, tokens } from './client.js';

export const FOLDER = 'scenarios/scripts';

export const KEYS = { accessKeyId: 'key', accessKeySecret: 'key-secret', clientId: 'client', clientSecret: 'client-secret' };

/** What the bot of the report knows itself by. */
export const EXTERNAL = 'abc-123';

export const WITH_ATTRIBUTE = { conversationId: CONVERSATION, attributes: { externalSessionId: EXTERNAL } };

export const BILLING = { intent: 'billing' };

/** Where a tenant is reached, with what its callers must send along. */
interface Place {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function place(options: EmulatorOptions & { readonly tenant?: string } = {}): Promise<Place> {
  const { tenant = '', ...others } = options;
  const { url } = await emulator({ scripts: FOLDER, ...others });
  const base = url + tenant;
  if (others.auth !== 'strict') return { base, headers: {} };
  return { base, headers: { authorization: `Bearer ${(await tokens(base)).access_token as string}` } };
}

export const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ['lax', () => place()],
  ['strict', () => place({ auth: 'strict' })],
  ['strict, in the tenant alpha', () => place({ auth: 'strict', tenant: '/t/alpha' })],
];

export function hook({ base, headers }: Place, script: string, body: object): Promise<Answer> {
  return send(base, { path: `/webhooks/${script}`, headers, body });
}

export async function look(base: string, path: string): Promise<any> {
  return (await send(base, { path: `/_emulator/${path}` })).body;
}

/** The actions that fired, each with its branch. */
export function ladderOf(trace: Trace): string[] {
  return trace.entries.flatMap(({ action, branch }) => (action === undefined ? [] : [`${action} → ${branch ?? 'over'}`]));
}

/** The traces of the script's own calls: each is linked both ways. */
export async function ownCallsOf(base: string, trace: Trace): Promise<Trace[]> {
  const ids = trace.entries.flatMap(({ calls = [] }) => calls.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])));
  const own = await Promise.all(ids.map(async (traceId): Promise<Trace> => look(base, `traces/${traceId}`)));
  for (const { parent, transport } of own) expect({ parent, transport }).toEqual({ parent: trace.traceId, transport: 'script' });
  return own;
}

/** `getSession`, `handOverConversation CONTENT_TYPE_FORM`: the operation, with why it refused, or what it warned of. */
export function inShort(trace: Trace): string {
  const codes = [causeOf(trace), ...(trace.outcome === 'accepted' ? warningsOf(trace) : [])].flatMap(
    (entry) => entry?.code ?? [],
  );
  return [trace.operationId ?? '', ...codes].join(' ');
}

/** The newest trace of a script that no webhook started. */
export async function runOf(base: string, script: string): Promise<Trace> {
  const [trace] = (await look(base, `traces?script=${script}`)).items;
  return trace as Trace;
}
