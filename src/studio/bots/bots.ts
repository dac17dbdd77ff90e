/** The bots that scripts talk with: each exchange goes out by the protocol of its virtual agent, and its answer is checked. */
import { type LostValue, lostValues } from '../../openapi/lost-values.js';
import { nearMiss } from '../../shared/did-you-mean.js';
import type { Finding } from '../../errors/catalogue.js';
import { kindOf, listed, nothingReadOf, show } from '../../shared/format.js';
import { REDACTED, redactTarget, redactText } from '../../trace/redact.js';
import type { RestCall } from '../../trace/trace.js';
import { redirectText } from '../rest/errors.js';
import {
  answerNotJson,
  answerNotUtf8,
  answerTooDeep,
  answerTooLarge,
  botElsewhere,
  botRefused,
  botUnreachable,
  noSuchAgent,
  otherProtocol,
} from './bot-errors.js';
import { type CognigyAnswer, cognigyBody, cognigyNotes, cognigyTurn } from './cognigy-rest.js';
import { type BotAnswer, type BotOutcome, type BotRequest, exchangeBody } from './exchange.js';
import type { BotProtocol, VirtualAgent } from './virtual-agent.js';
import type { RestRequest, RestResult } from '../rest/types.js';
import { DEEPEST_VALUE, depthOf } from '../value-depth.js';

/** A virtual agent, and the line to it. Nothing of its headers stands in a trace. */
export interface ConnectedAgent {
  readonly agent: VirtualAgent;
  readonly send: (request: Omit<RestRequest, 'url'>) => Promise<RestResult>;
}

export interface Bots {
  readonly names: readonly string[];
  /** Rejects where `signal` aborts, with its reason, and in no other case. */
  ask(virtualAgent: string, request: BotRequest, signal: AbortSignal): Promise<BotOutcome>;
}

export interface BotParts {
  readonly version: string;
  /** What in an answer breaks the contract of the protocol. */
  readonly faultsInAnswer: (protocol: BotProtocol, answer: unknown) => readonly Finding[];
  /** An answer to an exchange as it is written behind Virtual Agent Hub. */
  readonly answerAsObserved: (answer: unknown) => ObservedAnswer;
  /** Milliseconds on a clock that only rises. */
  readonly monotonic: () => number;
}

/** An answer that is looser than the published contract. */
export interface ObservedAnswer {
  /** In the words of the published contract. */
  readonly value: unknown;
  /** What even a loose reader does not understand. */
  readonly faults: readonly Finding[];
  /** Members that nobody reads, and that nearly are ones of the contract which did not come. */
  readonly unread: readonly Finding[];
}

/** Without it no answer is one. */
const CHIEF_MEMBER: Readonly<Record<BotProtocol, string>> = { exchange: 'branchName', 'cognigy-rest': 'outputStack' };

/** In characters, for the trace. */
const LONGEST_SHOWN = 8192;

export function createBots(connected: readonly ConnectedAgent[], parts: BotParts): Bots {
  const { version, monotonic } = parts;
  const agents = new Map(connected.map((one) => [one.agent.name, one]));
  const names = [...agents.keys()];
  return {
    names,
    async ask(name, request, signal) {
      const found = agents.get(name);
      if (found === undefined) return { problem: noSuchAgent(name, names, nearMiss(name, names)), calls: [] };
      const { agent, send } = found;
      const body = agent.protocol === 'exchange' ? exchangeBody(request, agent, version) : cognigyBody(request);
      const headers = { accept: 'application/json', 'content-type': 'application/json', ...lowerCase(agent.headers) };
      const started = monotonic();
      const result = await send({ method: 'POST', headers, body, timeout: agent.timeout * 1000, signal });
      const call: RestCall = {
        request: {
          method: 'POST',
          url: agent.url === undefined ? `stand-in:${agent.standIn ?? ''}` : redactTarget(agent.url),
          headers: {
            ...headers,
            ...Object.fromEntries(Object.keys(agent.headers).map((each) => [each.toLowerCase(), REDACTED])),
          },
          body: redactText(body.slice(0, LONGEST_SHOWN)),
        },
        response: shownResponse(result),
        durationMs: Math.round((monotonic() - started) * 1000) / 1000,
        traceId: null,
      };
      return { ...sentOn(judged(result, agent, request, parts), result, agent), calls: [call] };
    },
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function shownResponse(result: RestResult): RestCall['response'] {
  const response = 'failure' in result ? result.failure.response : result.response;
  if (response === undefined) return null;
  const body = 'failure' in result ? null : redactText(result.response.body.slice(0, LONGEST_SHOWN));
  return { status: response.status, headers: response.headers, body };
}

/** So many things of one kind are told of an answer. */
const MOST_NOTES = 10;

type Judged = { readonly answer: BotAnswer; readonly notes: readonly string[] } | { readonly problem: Finding };

function judged(result: RestResult, agent: VirtualAgent, request: BotRequest, parts: BotParts): Judged {
  const { faultsInAnswer, answerAsObserved } = parts;
  if ('failure' in result) {
    const { failure } = result;
    return {
      problem: failure.code === 'REST_RESPONSE_TOO_LARGE' ? answerTooLarge(agent, failure) : botUnreachable(agent, failure),
    };
  }
  const { status, statusText, body, utf8, headers, notes = [] } = result.response;
  if (status < 200 || status >= 300)
    return { problem: botRefused(agent, `${String(status)} ${statusText}`.trim(), status, body) };
  if (!utf8) return { problem: answerNotUtf8(agent, body, headers['content-type']) };
  let value: unknown;
  try {
    value = JSON.parse(body) as unknown;
  } catch {
    return { problem: answerNotJson(agent, body, headers['content-type']) };
  }
  if (depthOf(value) > DEEPEST_VALUE) return { problem: answerTooDeep(agent) };
  const told = [
    ...notes,
    ...lostValues(value)
      .filter(({ kind }) => kind === 'rounded')
      .slice(0, MOST_NOTES)
      .map(roundedInAnswer),
  ];
  const observed = agent.protocol === 'exchange' ? answerAsObserved(value) : undefined;
  if (observed !== undefined && agent.contract === 'observed') {
    const [fault, ...others] = observed.faults;
    if (fault !== undefined) return { problem: withOthers(inOtherWords(fault, value, agent, parts), others, agent) };
    return { answer: observed.value as BotAnswer, notes: [...told, ...observed.unread.map(nothingReadOf)] };
  }
  const [fault, ...others] = faultsInAnswer(agent.protocol, value);
  if (fault !== undefined) {
    const remedy = observed?.faults.length === 0 ? `${fault.remedy} ${takenAsObserved(observed)}` : fault.remedy;
    return { problem: withOthers(inOtherWords({ ...fault, remedy }, value, agent, parts), others, agent) };
  }
  if (agent.protocol === 'exchange') return { answer: value as BotAnswer, notes: told };
  const put = value as CognigyAnswer;
  return { answer: cognigyTurn(put, request.userInput), notes: [...told, ...cognigyNotes(put).slice(0, MOST_NOTES)] };
}

function roundedInAnswer({ pointer }: LostValue): string {
  return `${show(pointer)} of its answer is a whole number beyond 2^53-1: it is rounded here, and comes back so. Send it as a string.`;
}

/** A bot behind a redirect may have been asked for something else than Studio wanted. */
function sentOn(came: Judged, result: RestResult, agent: VirtualAgent): Judged {
  const redirect = 'response' in result ? result.response.redirect : undefined;
  if (redirect === undefined) return came;
  if ('problem' in came) return { problem: botElsewhere(came.problem, redirect, agent) };
  return { ...came, notes: [...came.notes, redirectText(redirect)] };
}

/**
 * A bot that speaks the other protocol has nothing to add to its answer. An empty object may be what is left of one that found
 * no case for the type of its input.
 */
function inOtherWords(fault: Finding, answer: unknown, agent: VirtualAgent, parts: BotParts): Finding {
  const { protocol, contract } = agent;
  if (speaksTheOther(protocol, answer, parts)) return { ...fault, remedy: otherProtocol(agent) };
  if (protocol !== 'exchange' || kindOf(answer) !== 'an object' || Object.keys(answer as object).length > 0) return fault;
  const [sent, other, instead] =
    contract === 'published' ? ['a name', 'numbers', 'observed'] : ['a number', 'names', 'published'];
  return {
    ...fault,
    remedy: `${fault.remedy} The bot was sent ${sent} as userInputType: if it compares it with ${other}, set contract: ${instead} of the virtual agent.`,
  };
}

/** Both contracts let members pass that they do not have: who writes the chief one of this protocol speaks it, with a fault. */
function speaksTheOther(protocol: BotProtocol, answer: unknown, { faultsInAnswer, answerAsObserved }: BotParts): boolean {
  if (kindOf(answer) === 'an object' && Object.hasOwn(answer as object, CHIEF_MEMBER[protocol])) return false;
  const faults = protocol === 'exchange' ? faultsInAnswer('cognigy-rest', answer) : answerAsObserved(answer).faults;
  return faults.length === 0;
}

function takenAsObserved({ unread }: ObservedAnswer): string {
  const lost = unread.length === 0 ? '' : `, and reads nothing of ${placesOf(unread)}`;
  return `Bots behind Virtual Agent Hub were seen to answer so all the same (client): contract: observed of the virtual agent takes it${lost}.`;
}

/** An action has one problem: the first fault is told with its place, the others are named. */
function withOthers(fault: Finding, others: readonly Finding[], { name }: VirtualAgent): Finding {
  const more = others.length === 0 ? '' : ` There is more: ${placesOf(others)}.`;
  return { ...fault, message: `The answer of the bot ${name} breaks its contract: ${fault.message}${more}` };
}

function placesOf(findings: readonly Finding[]): string {
  return listed(findings.slice(0, 10).map(({ pointer }) => show(pointer)));
}
