/** What a program does with one tenant of an emulator: opens conversations, looks at what came, verifies it, keeps its state. */
import type { ClockSetting } from './clock.js';
import { type Explained, explainRequest, type Question } from './explain.js';
import { type RequestFilter, requestsOf, tallyOf } from './verification/operations.js';
import type { CauseOfRequest, RequestRecord } from './verification/request-record.js';
import { requireSound } from './verification/validate-expectations.js';
import type { Expectations, Verdict } from './verification/evaluator.js';
import type { Pipeline } from '../pipeline/index.js';
import { DEFAULT_TENANT, isTenantName } from '../pipeline/target.js';
import type { Clocks, ClockView } from '../cxone/clock.js';
import type { Fault, Faults, FaultSetting } from '../cxone/faults.js';
import type { ConversationView } from '../cxone/conversation-view.js';
import { Rejection } from '../errors/catalogue.js';
import type { NewConversation, Store, TenantSnapshot } from '../cxone/store/store.js';
import type { ConversationControlView, Said } from './conversations.js';
import type { Message } from '../cxone/model/message.js';
import type { TraceFilter } from '../trace/filter.js';
import type { TraceLog } from '../trace/log.js';
import type { Trace } from '../trace/trace.js';

/** One tenant: two never see each other. */
export interface Tenant {
  readonly name: string;
  /** Where its API is reached, without a slash at the end. Throws where the emulator does not listen. */
  readonly url: string;
  /** Where its API stands below the emulator's address: `/t/alpha`; empty for the default tenant. */
  readonly prefix: string;
  /** Opens a conversation that a bot can hand over; what is left out is generated. Throws ControlError where it is refused. */
  openConversation(conversation?: NewConversation): Promise<ConversationView>;
  /**
   * Says something as the customer of a conversation. Resolves once script and bot are done with it, with what was said
   * meanwhile. Throws ControlError where there is no such conversation, or it is over.
   *
   * @example
   * const { messages, conversation } = await tenant.sayAsCustomer(conversationId, 'I want to talk to a person');
   */
  sayAsCustomer(conversationId: string, text: string): Promise<Said>;
  /** Leaves as the customer: the bot that has the word is told so, and the conversation is over. Throws as `sayAsCustomer` does. */
  leaveAsCustomer(conversationId: string): Promise<Said>;
  /** What was said in a conversation, oldest first; `bot` and `agent` say where it stands. Throws ControlError where there is none. */
  conversation(conversationId: string): Promise<ConversationControlView & { readonly messages: readonly Message[] }>;
  /** Its traces, newest first. */
  traces(filter?: TraceFilter): readonly Trace[];
  /** The requests that reached the platform, newest first by their arrival; the calls of scripts too. */
  requests(filter?: RequestFilter): readonly RequestRecord[];
  /**
   * Rejects with VerificationError where the expected requests did not come, or where that cannot be told, and says what
   * came nearest. Takes a single expectation, or several with `order` and `within`.
   *
   * @example
   * await tenant.verify({ operationId: 'handOverConversation', body: { metadata: { intent: 'billing' } } });
   * await tenant.verify({ requests: [{ operationId: 'signalContact', query: { p1: 'Escalate' } }], within: 2000 });
   */
  verify(expectations: Expectations | Expectations['requests'][number]): Promise<Verdict>;
  /** The same at once, and without rejecting; `remedy` says what to do where it is not met. Throws ControlError where an expectation makes no sense. */
  check(expectations: Expectations | Expectations['requests'][number]): Verdict & { readonly remedy?: string };
  /** How many of its requests were dropped to keep the log bounded; Infinity where that is not known any more. */
  droppedRequests(): number;
  /** Its clock, which tokens, hours, waiting scripts, the circuit breaker and all times go by. */
  clock(): ClockView;
  /**
   * Sets its clock, moves it on, lets it stand or go; what is left out stays as it is. What is due on the way goes on, in
   * order, and the promise resolves when its effects are done, bots that scripts ask among them, but for REST calls to hosts outside. Throws
   * ControlError where the time or the duration makes no sense.
   *
   * @example
   * await tenant.setClock({ now: '2026-03-01T09:30:00Z', frozen: true });
   * await tenant.setClock({ advance: '8h' });
   */
  setClock(setting: ClockSetting): Promise<ClockView & { readonly fired: number }>;
  /** The faults that were asked for, with how often each fired. */
  faults(): readonly Fault[];
  /**
   * Has calls fail from now on, as the network or a gateway would have them. Throws ControlError where it makes no sense.
   *
   * @example
   * await tenant.injectFault({ operationId: 'handOverConversation', status: 429, times: 3 });
   * await tenant.injectFault({ path: '/auth/token', effect: 'hang', nth: 2 });
   */
  injectFault(fault: FaultSetting): Promise<Fault>;
  /** Ends one fault, or all of them. Throws ControlError where there is none with this id. */
  removeFaults(faultId?: string): Promise<void>;
  /** An access token of this tenant, as `POST /auth/token` issues it, without a trace. */
  token(): Promise<string>;
  /** What a request would be answered, and why; nothing is changed. Throws ControlError where its path is none of the platform’s. */
  explain(question: Question): Promise<Explained>;
  /** All there is to put the tenant back where it stands, but for traces and the time. */
  state(): Promise<TenantSnapshot>;
  /** Replaces its state by an exported one. Throws ControlError where that does not hold together; nothing has changed then. */
  importState(snapshot: TenantSnapshot): Promise<void>;
  /** Back to what the config seeds, traces, clock and faults included. */
  reset(): Promise<void>;
}

/** All but the facts that name the tenant. */
export type TenantMethods = Omit<Tenant, 'name' | 'prefix' | 'url'>;

/** What the emulator refused, with the cause in its message. */
export class ControlError extends Error {
  readonly code: string;

  constructor({ code, in: place, pointer, expected, received, remedy }: CauseOfRequest) {
    const where = [place, pointer].filter((part) => part !== null && part !== '').join(' ');
    super(`${code ?? ''}${where === '' ? '' : ` at ${where}`}: expected ${expected}; received ${received}. ${remedy}`);
    this.name = 'ControlError';
    this.code = code ?? '';
  }
}

/** A verification that failed, or that cannot be told. */
export class VerificationError extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, remedy: string) {
    super(`${verdict.result === 'inconclusive' ? 'It cannot be told. ' : ''}${verdict.message}\n${remedy}`);
    this.name = 'VerificationError';
    this.verdict = verdict;
  }
}

export interface TenantParts {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly traces: TraceLog;
  readonly clocks: Clocks;
  readonly faults: Faults;
  /** Where the emulator listens; throws where it does not. */
  readonly url: () => string;
  readonly token: (tenant: string) => Promise<string>;
  readonly reset: (tenant: string) => Promise<void>;
  /** The operations of the platform, by their names. */
  readonly operationIds: () => readonly string[];
}

/** Throws if the name is not a tenant name. */
export function tenantOf(name: string, parts: TenantParts): Tenant {
  if (!isTenantName(name)) throw new Error(`A tenant’s name has 1 to 64 of a-z, 0-9 and -; ${JSON.stringify(name)} is none.`);
  const prefix = prefixOf(name);
  return {
    ...tenantMethods(name, parts),
    name,
    prefix,
    get url() {
      return parts.url() + prefix;
    },
  };
}

function prefixOf(name: string): string {
  return name === DEFAULT_TENANT ? '' : `/t/${name}`;
}

/** What writes goes through the pipeline like every request, so that the same rules hold. */
export function tenantMethods(
  name: string,
  { pipeline, store, traces, clocks, faults, token, reset, operationIds }: TenantParts,
): TenantMethods {
  const prefix = prefixOf(name);

  async function control(method: string, path: string, body: unknown): Promise<unknown> {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const answer = await pipeline.handle({
      transport: 'http',
      method,
      target: `${prefix}/_emulator/${path}`,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      receive: () => ({ bytes }),
      gone: () => false,
    });
    const value: unknown = answer?.body == null ? undefined : JSON.parse(answer.body);
    if (answer !== null && answer.status < 400) return value;
    throw errorFrom(value as Refusal);
  }

  const at = (conversationId: string): string => `conversations/${encodeURIComponent(conversationId)}`;

  return {
    openConversation: async (conversation = {}) => (await control('POST', 'conversations', conversation)) as ConversationView,
    sayAsCustomer: async (id, text) => (await control('POST', `${at(id)}/messages`, { text })) as Said,
    leaveAsCustomer: async (id) => (await control('POST', `${at(id)}/leave`, undefined)) as Said,
    async conversation(id) {
      const conversation = (await control('GET', at(id), undefined)) as ConversationControlView;
      const { items } = (await control('GET', `${at(id)}/messages`, undefined)) as { items: Message[] };
      return { ...conversation, messages: items };
    },
    traces: (filter = {}) => traces.list(name, filter).items,
    requests: (filter = {}) => requestsOf(traces, name, filter).items,
    verify: async (expectations) => (await control('POST', 'verify', listOf(expectations))) as Verdict,
    check(expectations) {
      const asked = listOf(expectations);
      try {
        requireSound(asked, operationIds());
      } catch (problem) {
        throw problem instanceof Rejection ? new ControlError(problem.cause) : problem;
      }
      const { verdict, unmet } = tallyOf(asked, name, traces).judge();
      return unmet === undefined ? verdict : { ...verdict, remedy: unmet.remedy };
    },
    droppedRequests: () => traces.mayBeMissing(name),
    clock: () => clocks.view(name),
    setClock: async (setting) => (await control('PUT', 'clock', setting)) as ClockView & { fired: number },
    faults: () => faults.list(name),
    injectFault: async (fault) => (await control('POST', 'faults', fault)) as Fault,
    async removeFaults(faultId) {
      await control('DELETE', faultId === undefined ? 'faults' : `faults/${encodeURIComponent(faultId)}`, undefined);
    },
    token: () => token(name),
    explain: (question) =>
      explainRequest(pipeline, name, question).catch((problem: unknown) => {
        throw problem instanceof Rejection ? new ControlError(problem.cause) : problem;
      }),
    state: () => store.run(name, (state) => state.export()),
    async importState(snapshot) {
      await control('PUT', 'state', snapshot);
    },
    reset: () => reset(name),
  };
}

function listOf(expectations: Expectations | Expectations['requests'][number]): Expectations {
  return 'requests' in expectations ? expectations : { requests: [expectations] };
}

/** What a refused call of the control API is answered. */
interface Refusal extends Partial<Verdict> {
  readonly cause: CauseOfRequest;
}

function errorFrom({ cause, result, message = '', matches = [], nearest = null }: Refusal): Error {
  return result === undefined
    ? new ControlError(cause)
    : new VerificationError({ result, message, matches, nearest }, cause.remedy);
}
