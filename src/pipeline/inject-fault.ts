/** Between the stages route and authorize, where somebody asked for it: a fault, as a gateway or a network has them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, FaultSetting } from '../cxone/faults.js';
import { type Explanation, type Finding, Rejection } from '../errors/catalogue.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

export function injectFault(context: RequestContext, services: Services): void | Promise<void> {
  const { faults } = services;
  if (!faults.any(context.tenant) || context.family.name === 'control') return;
  if (context.dryRun) {
    context.trace.log('Faults are set here; an explanation leaves them aside.');
    return;
  }
  return strike(context, services);
}

async function strike(context: RequestContext, services: Services): Promise<void> {
  const names = await namesIn(context, services);
  const struck = services.faults.strike(context.tenant, (wanted) => fits(wanted, context, names));
  if (struck === undefined) return;
  const { fault, ended } = struck;
  const { latency = 0, status, effect, performed = false, headers = {} } = fault.setting;
  if (latency > 0) {
    context.trace.warn('FAULT_INJECTED', explain(fault, context, `It waits ${String(latency)} ms.`));
    if (await isTakenAwayWithin(latency, ended)) {
      context.trace.log(`${fault.faultId} was taken away meanwhile: the request goes on without it.`);
      return;
    }
  }
  if (status !== undefined) {
    const usual = status === 429 ? { 'retry-after': '1' } : {};
    const parts = {
      status,
      headers: { ...usual, ...lowerCased(headers) },
      ...('body' in fault.setting ? { instead: fault.setting.body } : {}),
    };
    throw new Rejection([finding(fault, context, `It is answered ${String(status)}.`)], parts);
  }
  if (effect === 'expired-token') throw asExpired(fault, context);
  if (effect === undefined) return;
  context.spoil = effect;
  const lost = performed || effect === 'cut' || effect === 'malformed';
  if (!lost) throw new Rejection([finding(fault, context, WORDS[effect])]);
  context.trace.warn('FAULT_INJECTED', explain(fault, context, `It is carried out. ${WORDS[effect]}`));
}

/** Answers before the time, in milliseconds, where it is. */
async function isTakenAwayWithin(latency: number, ended: AbortSignal): Promise<boolean> {
  await pause(latency, undefined, { ref: false, signal: ended }).catch(() => undefined);
  return ended.aborted;
}

const WORDS = {
  reset: 'The connection is reset instead of an answer.',
  hang: 'No answer comes; the connection stays open until the caller gives up.',
  cut: 'The connection closes in the middle of the answer’s body.',
  malformed: 'The JSON of the answer is broken off.',
} as const;

/** As where a token is past its time, whatever token there is. */
function asExpired(fault: Fault, context: RequestContext): Rejection {
  const expired: Finding = {
    code: 'TOKEN_EXPIRED',
    message: 'The token counts as past its time.',
    in: 'header',
    pointer: '/authorization',
    inWords: true,
    expected: 'a token that is good',
    received: `one that ${fault.faultId} has expire`,
    remedy: 'Fetch a new token and send the request again, once.',
  };
  const status = new Rejection([expired]).statusIn(context.family.name);
  return new Rejection([finding(fault, context, 'The token is refused as if it were past its time.'), expired], {
    status,
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function explain(
  { faultId, seen, fired, setting: { times, nth } }: Fault,
  { baseUrl }: RequestContext,
  what: string,
): Explanation {
  const most = times ?? (nth === undefined ? undefined : 1);
  return {
    message: `${faultId} was asked for and fired. ${what}`,
    in: null,
    pointer: null,
    expected: 'a call as the client makes it when all is well',
    received: `the ${ordinal(seen)} call that fits ${faultId}, which fired ${String(fired)}${most === undefined ? '' : ` of ${String(most)}`} times`,
    remedy: `This is no fault of the request. DELETE ${baseUrl}/_emulator/faults/${faultId} ends it; without the id, it ends all.`,
  };
}

function finding(fault: Fault, context: RequestContext, what: string): Finding {
  return { code: 'FAULT_INJECTED', ...explain(fault, context, what) };
}

function ordinal(number: number): string {
  const last = number % 100 > 10 && number % 100 < 14 ? 0 : number % 10;
  return `${String(number)}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** For each contact or conversation that a fault is about, the ids by which a message may name it. */
type Names = ReadonlyMap<string, readonly string[]>;

/** A handover names its conversation, a signal the contact: a fault at one is meant for both. */
async function namesIn({ tenant }: RequestContext, { faults, store }: Services): Promise<Names> {
  const about = faults
    .list(tenant)
    .map(({ setting }) => setting)
    .filter(({ contactId, conversationId }) => (contactId ?? conversationId) !== undefined);
  if (about.length === 0) return new Map();
  return store.run(
    tenant,
    (state) =>
      new Map(
        about.flatMap(({ contactId, conversationId }) => [
          ...(contactId === undefined
            ? []
            : [[contactId, [contactId, ...present(state.contact(contactId)?.conversationId)]] as const]),
          ...(conversationId === undefined
            ? []
            : [[conversationId, [conversationId, ...present(state.conversation(conversationId)?.contactId)]] as const]),
        ]),
      ),
  );
}

function present(id: string | null | undefined): string[] {
  return id == null ? [] : [id];
}

function fits(fault: FaultSetting, context: RequestContext, names: Names): boolean {
  const { operationId, method, path, contactId, conversationId } = fault;
  const { operation } = context;
  return (
    (operationId === undefined || operation?.operationId === operationId) &&
    (method === undefined || context.method === method) &&
    (path === undefined || context.path === path || operation?.path === path) &&
    (contactId === undefined || namesAny(context, names.get(contactId))) &&
    (conversationId === undefined || namesAny(context, names.get(conversationId)))
  );
}

/** Whether an id stands in the target or in the body, whole. */
function namesAny({ path, rawQuery, bytes }: RequestContext, ids: readonly string[] = []): boolean {
  const texts = [path, ...new URLSearchParams(rawQuery).values(), bytes.toString()];
  return ids.some((id) => texts.some((text) => standsIn(text, id)));
}

function standsIn(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (!isPartOfId(text[at - 1]) && !isPartOfId(text[at + id.length])) return true;
  }
  return false;
}

function isPartOfId(character: string | undefined): boolean {
  return character !== undefined && /[\w-]/.test(character);
}
