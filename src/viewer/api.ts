/** The control API, as far as the page uses it: every address is seen from the page's own. */
import type { Message } from '../cxone/model/message.js';
import type { Trace } from '../trace/trace.js';
import type {
  Agent,
  Clock,
  ClockSetting,
  Conversation,
  Fault,
  Health,
  List,
  Signal,
  Skill,
  TenantSeen,
  Transcript,
} from './records.js';

/** A refusal of the control API, or that it could not be reached; the message is for a person. */
export class ApiError extends Error {
  readonly code: string | undefined;
  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

export type Query = Readonly<Record<string, string | undefined>>;

export const api = {
  health: () => ask<Health>('GET', 'health'),
  traces: (query: Query) => ask<List<Trace>>('GET', `traces${search(query)}`),
  trace: (traceId: string) => ask<Trace>('GET', `traces/${encodeURIComponent(traceId)}`),
  tenants: () => ask<List<TenantSeen>>('GET', 'tenants?limit=1000'),
  conversations: () => ask<List<Conversation>>('GET', 'conversations?limit=200'),
  conversation: (id: string) => ask<Conversation>('GET', `conversations/${encodeURIComponent(id)}`),
  messages: (id: string, after = 0) =>
    ask<List<Message>>('GET', `conversations/${encodeURIComponent(id)}/messages${search({ after: String(after) })}`),
  open: (conversation: object) => ask<Conversation>('POST', 'conversations', conversation),
  end: (id: string) => ask<Conversation>('POST', `conversations/${encodeURIComponent(id)}/end`),
  signals: (contactId: string) => ask<List<Signal>>('GET', `signals${search({ contactId, limit: '1000' })}`),
  transcripts: (contactId: string) => ask<List<Transcript>>('GET', `transcripts${search({ contactId, limit: '100' })}`),
  skills: () => ask<List<Skill>>('GET', 'skills'),
  setSkill: (skillId: number, change: object) => ask<Skill>('PATCH', `skills/${String(skillId)}`, change),
  agents: () => ask<List<Agent>>('GET', 'agents'),
  clock: () => ask<Clock>('GET', 'clock'),
  setClock: (setting: ClockSetting) => ask<Clock & { readonly fired: number }>('PUT', 'clock', setting),
  faults: () => ask<List<Fault>>('GET', 'faults'),
  addFault: (setting: object) => ask<Fault>('POST', 'faults', setting),
  removeFault: (faultId: string) => ask<undefined>('DELETE', `faults/${encodeURIComponent(faultId)}`),
  removeFaults: () => ask<undefined>('DELETE', 'faults'),
  reset: () => ask<undefined>('POST', 'reset'),
  /** Whether the platform takes the thread's request without a token. */
  takesNoToken: async () => {
    const { trace } = await ask<{ readonly trace: Trace }>('POST', 'explain', { body: { sessionId: 'abc-123' } });
    return !trace.entries.some(({ code }) => code === 'TOKEN_MISSING');
  },
};

/** The address of the stream of all traces, calls of the control API among them, seen from the page. */
export const STREAM_ADDRESS = 'traces/stream?control=true';

function search(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

interface Refusal {
  readonly cause?: { readonly code: string; readonly expected: string; readonly received: string; readonly remedy: string };
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError('The emulator cannot be reached: it was stopped, or is just starting.');
  }
  const value: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok && (value !== undefined || response.status === 204)) return value as T;
  // A tunnel or a proxy on the way may answer by itself.
  const cause = (value as Refusal | null | undefined)?.cause;
  if (cause === undefined)
    throw new ApiError(`Not the emulator answered ${method} ${path}, but something on the way: ${String(response.status)}.`);
  throw new ApiError(`Expected ${cause.expected}; received ${cause.received}. ${cause.remedy}`, cause.code);
}
