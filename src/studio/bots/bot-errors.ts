/** Why an exchange with a bot failed, in words. */
import type { Explanation, Finding } from '../../errors/catalogue.js';
import { listed, show } from '../../shared/format.js';
import { redactText } from '../../trace/redact.js';
import { redirectText } from '../rest/errors.js';
import type { BotAnswer } from './exchange.js';
import type { VirtualAgent } from './virtual-agent.js';
import type { Redirect, RestFailure } from '../rest/types.js';
import { DEEPEST_VALUE } from '../value-depth.js';

function fault(code: Finding['code'], words: Pick<Explanation, 'message' | 'expected' | 'received' | 'remedy'>): Finding {
  return { code, in: null, pointer: null, ...words };
}

export function noSuchAgent(name: string, known: readonly string[], near: string | undefined): Finding {
  return fault('BOT_UNREACHABLE', {
    message: `There is no virtual agent ${show(name)}.`,
    expected: known.length === 0 ? 'a virtual agent of the config file, which has none' : listed(known),
    received: show(name),
    remedy:
      near === undefined
        ? 'Add it to virtualAgents in the config file: name, and url of the bot, or standIn with the file of a stand-in bot.'
        : `Did you mean ${near}? Names are as in virtualAgents of the config file.`,
  });
}

/** No whole answer came, or none in time. */
export function botUnreachable(agent: VirtualAgent, failure: RestFailure): Finding {
  const { message, expected, received, remedy, code } = failure;
  const advice: Partial<Record<RestFailure['code'], string>> = {
    REST_TIMEOUT: `Have the bot answer sooner, or raise timeout of the virtual agent (${String(agent.timeout)} s) in the config file. What CXone allows is not known.`,
    REST_HOST_REFUSED: 'The bot redirects to another host, where it is not looked for: give its address as it is, in url.',
  };
  return fault('BOT_UNREACHABLE', {
    message: `The bot ${agent.name} did not answer. ${message.replaceAll('REST call', 'exchange')}`,
    expected,
    received,
    remedy: advice[code] ?? `${remedy} It was called as the virtual agent ${agent.name}, at its url in the config file.`,
  });
}

export function botRefused(agent: VirtualAgent, answer: string, status: number, body: string): Finding {
  return fault('BOT_UNREACHABLE', {
    message: `The bot ${agent.name} answered ${answer}.`,
    expected: '200 with an answer by the contract',
    received: `${answer}: ${show(redactText(body))}`,
    remedy: adviceFor(status, agent),
  });
}

/** What a bot gets, and what one is to be asked with that wants something else. */
const REQUESTS = {
  published:
    'A custom exchange endpoint must take NiCE’s published request. One that wants numbers for names is spoken with by contract: observed of the virtual agent, a Cognigy REST endpoint by protocol: cognigy-rest.',
  observed:
    'It got numbers for names, as contract: observed has it. A bot that wants NiCE’s published request is spoken with by contract: published of the virtual agent, a Cognigy REST endpoint by protocol: cognigy-rest.',
  'cognigy-rest':
    'It got what Cognigy’s REST endpoint takes: give the Endpoint URL of one as url of the virtual agent. A custom exchange endpoint is spoken with by protocol: exchange.',
} as const;

function kindOf({ protocol, contract }: VirtualAgent): keyof typeof REQUESTS {
  return protocol === 'exchange' ? contract : protocol;
}

/** The bot answers as the other protocol has it. */
export function otherProtocol({ name, protocol }: VirtualAgent): string {
  const [answers, instead] =
    protocol === 'exchange' ? ['Cognigy’s REST endpoint', 'cognigy-rest'] : ['a custom exchange endpoint', 'exchange'];
  return `So answers ${answers}: set protocol: ${instead} of the virtual agent ${name} in the config file.`;
}

function adviceFor(status: number, agent: VirtualAgent): string {
  const { name } = agent;
  if (status === 401 || status === 403)
    return `Look at headers of the virtual agent ${name} in the config file: the bot does not take what stands there, or wants more.`;
  if (status === 404 || status === 405)
    return `Look at url of the virtual agent ${name} in the config file: the bot does not take a POST there.`;
  if (status === 415 || status === 400 || status === 422)
    return `The bot does not take what it was sent, which the trace shows as it was sent. ${REQUESTS[kindOf(agent)]}`;
  if (status >= 500) return 'The bot itself broke: look at its log at the time of this call.';
  return 'Have the bot answer 200; at any other status Studio takes OnError.';
}

/** What went wrong behind a redirect. */
export function botElsewhere(problem: Finding, redirect: Redirect, { name }: VirtualAgent): Finding {
  const told = { ...problem, message: `${problem.message} ${redirectText(redirect)}` };
  if (!redirect.asGet) return told;
  return {
    ...told,
    remedy: `Give the address that the redirect leads to as url of the virtual agent ${name} in the config file: at 301, 302 and 303 an exchange goes on without its body. Where it leads to a page to sign in, the bot wants to know who calls: look at headers of the virtual agent.`,
  };
}

export function answerTooLarge(agent: VirtualAgent, { received, response }: RestFailure): Finding {
  return fault('BOT_RESPONSE_INVALID', {
    message: `The answer of the bot ${agent.name} is over 32 KB.`,
    expected: 'at most 32768 bytes, as with every call of a script (doc for REST calls, here assumed)',
    received: `${received}${response === undefined ? '' : `, with status ${String(response.status)}`}`,
    remedy:
      agent.protocol === 'exchange'
        ? 'Keep botSessionState and customPayload small: a session id instead of the whole transcript, no pictures.'
        : 'Have the flow put out less in one turn: its texts stand in the answer twice, and what is in data counts, too.',
  });
}

export function answerTooDeep({ name }: VirtualAgent): Finding {
  return fault('BOT_RESPONSE_INVALID', {
    message: `The answer of the bot ${name} nests too deep.`,
    expected: `at most ${String(DEEPEST_VALUE)} levels of objects and lists, as in the variables that take it`,
    received: 'more',
    remedy: 'Have the bot give flat values. A structure that contains itself may have been serialised.',
  });
}

export function answerNotUtf8(agent: VirtualAgent, body: string, type: string | undefined): Finding {
  const utf16 = body.includes('\0');
  return fault('BOT_RESPONSE_INVALID', {
    message: `The answer of the bot ${agent.name} has bytes that are not UTF-8.`,
    expected: 'JSON in UTF-8 (RFC 8259)',
    received: `${utf16 ? 'what looks like UTF-16' : show(redactText(body.slice(Math.max(0, body.indexOf('\uFFFD') - 20))))}${type === undefined ? '' : `, as ${type}`}`,
    remedy: utf16
      ? 'Have the bot encode its answer as UTF-8.'
      : 'Have the bot encode its answer as UTF-8: it looks like Latin-1 or Windows-1252, or was cut inside a character.',
  });
}

export function answerNotJson(agent: VirtualAgent, body: string, type: string | undefined): Finding {
  const page = /<html|<!doctype/i.test(body);
  return fault('BOT_RESPONSE_INVALID', {
    message: `The answer of the bot ${agent.name} is not JSON.`,
    expected: 'JSON',
    received: `${body === '' ? 'an empty body' : show(redactText(body))}${type === undefined ? '' : `, as ${type}`}`,
    remedy: body.startsWith('\uFEFF')
      ? 'It begins with a byte order mark, which JSON must not have (RFC 8259): have the bot send it without.'
      : page
        ? 'This looks like a page: of a proxy, of a tunnel’s warning, or of a wrong address. Look at url of the virtual agent in the config file.'
        : 'Have the bot answer with JSON by its contract.',
  });
}

/** Who wrote it may have ended it, or not. */
function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The bot says itself that it failed. */
export function botError(virtualAgent: string, { errorDetails }: BotAnswer): Finding {
  const told = errorDetails?.systemErrorMessage ?? '';
  return fault('BOT_ERROR', {
    message: `The bot ${virtualAgent} reports an error of its own${told === '' ? '.' : `: ${asSentence(redactText(told))}`}`,
    expected: 'an answer with another branch than Error',
    received: `branchName Error${told === '' ? ', without errorDetails.systemErrorMessage' : ''}`,
    remedy:
      'Look at the bot’s log: it took the exchange, and could not answer it. OnError is there to get the customer an agent all the same.',
  });
}
