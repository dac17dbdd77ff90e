/** The virtual agents of the config file, ready to be asked: with what the environment gives, and a line to each. */
import { STATUS_CODES } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bot } from '../stub-bot/bot.js';
import type { RequestContract } from '../stub-bot/exchange.js';
import { type ConfigFault, ConfigFaults, type LoadedConfig } from './load-config.js';
import { FileFaults } from '../shared/file-errors.js';
import { kindOf, show } from '../shared/format.js';
import type { ConnectedAgent } from '../studio/bots/bots.js';
import type { VirtualAgent } from '../studio/bots/virtual-agent.js';
import { HOST_ENTRY, hostRules } from '../studio/rest/hosts.js';
import { outsideCaller } from '../studio/rest/outside-call.js';
import { LARGEST_ANSWER } from '../studio/rest/wire.js';
import type { OutsideCaller, RestFailure, RestRequest, RestResult } from '../studio/rest/types.js';

export interface ReadyAgents {
  readonly agents: readonly VirtualAgent[];
  /** What stood in the environment, by variable: no trace shows it. */
  readonly secrets: readonly (readonly [name: string, value: string])[];
}

/** Of a virtual agent nothing else is filled in. A botConfig may have templates that are the bot's own. */
const FROM_ENVIRONMENT = /\{\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** Fills in `{{ env.NAME }}` in url, headers and botConfig. Throws ConfigFaults where the environment has no such variable, or no address comes of it. */
export function readyAgents(config: LoadedConfig, environment: NodeJS.ProcessEnv = process.env): ReadyAgents {
  const secrets = new Map<string, string>();
  const faults: ConfigFault[] = [];
  const filled = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value === 'string') {
      if (path[1] !== 'botConfig' && value.replace(FROM_ENVIRONMENT, '').includes('{{'))
        faults.push(
          config.fault(
            ['virtualAgents', ...path],
            `${['virtualAgents', ...path].join('.')} has a template that is not filled in: only {{ env.NAME }} is, without filters, where NAME has letters, digits and _`,
          ),
        );
      return value.replace(FROM_ENVIRONMENT, (_, name: string) => {
        const found = environment[name];
        if (found === undefined) {
          const message = `${['virtualAgents', ...path].join('.')} needs the environment variable ${name}, which is not set`;
          faults.push(config.fault(['virtualAgents', ...path], message));
        } else secrets.set(name, found);
        return found ?? '';
      });
    }
    if (Array.isArray(value)) return value.map((item, index) => filled(item, [...path, index]));
    if (kindOf(value) !== 'an object') return value;
    return Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, filled(member, [...path, name])]));
  };
  const agents = config.settings.virtualAgents.map((agent, index) => {
    const before = faults.length;
    const ready = filled(agent, [index]) as VirtualAgent;
    // The text as it stands in the file: what the environment gave may be a secret.
    if (ready.url !== undefined && !isAddress(ready.url) && faults.length === before)
      faults.push(
        config.fault(
          ['virtualAgents', index, 'url'],
          `virtualAgents.${String(index)}.url must be an address such as http://localhost:8500 or https://bot.example.com/exchange, not ${show(agent.url)}${ready.url === agent.url ? '' : ', with what the environment has'}`,
        ),
      );
    return ready;
  });
  if (faults.length > 0) throw new ConfigFaults(faults);
  return { agents, secrets: [...secrets] };
}

const HOST = new RegExp(HOST_ENTRY);

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && HOST.test(host);
}

/** The stand-in bots of the agents that have one, by name. Throws ConfigFaults with every fault of their files, or of what names them. */
export async function readStandIns(
  agents: readonly VirtualAgent[],
  config: Pick<LoadedConfig, 'fault'>,
  contracts: () => RequestContract,
): Promise<ReadonlyMap<string, Bot>> {
  const bots = new Map<string, Bot>();
  const faults: ConfigFault[] = [];
  for (const [index, { name, standIn }] of agents.entries()) {
    if (standIn === undefined) continue;
    const [{ readBot }, { createTemplates }, { readYaml }, { readTextFile }] = await Promise.all([
      import('../stub-bot/bot.js'),
      import('../shared/templates.js'),
      import('../shared/yaml-file.js'),
      import('../shared/text-file.js'),
    ]);
    const text = await readTextFile(standIn).catch((error: unknown) => {
      if (!(error instanceof FileFaults)) throw error;
      for (const { message } of error.faults)
        faults.push(
          config.fault(
            ['virtualAgents', index, 'standIn'],
            `virtualAgents.${String(index)}.standIn is ${show(standIn)}: ${message}`,
          ),
        );
      return undefined;
    });
    if (text === undefined) continue;
    try {
      bots.set(name, readBot(readYaml(standIn, text), await createTemplates(), contracts()));
    } catch (error) {
      if (!(error instanceof FileFaults)) throw error;
      for (const { file, line, column, message } of error.faults)
        faults.push({ where: `${file}:${String(line)}:${String(column)}`, message });
    }
  }
  if (faults.length > 0) throw new ConfigFaults(faults);
  return bots;
}

/**
 * A line to each. `instead` is asked in place of those that are reached by an address, where nobody outside is to be called;
 * a stand-in is nobody outside, and a copy of it answers, so that the real one gives nobody anything.
 */
export function connect(
  agents: readonly VirtualAgent[],
  standIns: ReadonlyMap<string, Bot>,
  instead: OutsideCaller | undefined,
): ConnectedAgent[] {
  return agents.map((agent) => {
    const standIn = standIns.get(agent.name);
    if (standIn !== undefined) {
      const bot = instead === undefined ? standIn : standIn.copy();
      return { agent, send: (request) => answerOf(bot, request) };
    }
    const url = new URL(agent.url ?? '');
    // Who names an address in the config file wants it called: it needs no entry among scriptHosts.
    const call = instead ?? outsideCaller(hostRules([url.host]));
    return { agent, send: (request) => call({ ...request, url }) };
  });
}

/** As over HTTP, without a connection. Rejects where `signal` aborts. */
async function answerOf(bot: Bot, { body, headers, timeout, signal }: Omit<RestRequest, 'url'>): Promise<RestResult> {
  const answer = bot.answer(body ?? '', headers);
  const takes = answer.hang === true ? Infinity : (answer.afterMs ?? 0);
  if (takes > 0)
    await pause(Math.min(takes, timeout), undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  if (takes > timeout) return { failure: tookTooLong(bot, timeout) };
  const { status, headers: answered, turn } = answer;
  const head = { status, statusText: STATUS_CODES[status] ?? '', headers: answered };
  const bytes = Buffer.byteLength(answer.body);
  if (bytes > LARGEST_ANSWER) return { failure: { ...saidTooMuch(bot, bytes), response: head } };
  return { response: { ...head, body: answer.body, utf8: true, url: bot.file, notes: turn.notes } };
}

function saidTooMuch({ name }: Bot, bytes: number): RestFailure {
  return {
    code: 'REST_RESPONSE_TOO_LARGE',
    message: `The answer of the stand-in bot ${name} is over 32 KB.`,
    expected: `at most ${String(LARGEST_ANSWER)} bytes`,
    received: `${String(bytes)} bytes`,
    remedy: 'Have the rule of its file that answered say less.',
  };
}

function tookTooLong({ name }: Bot, timeout: number): RestFailure {
  return {
    code: 'REST_TIMEOUT',
    message: `The stand-in bot ${name} took too long.`,
    expected: `an answer within ${String(timeout)} ms`,
    received: 'none',
    remedy: 'Look at the rule of its file that answered: it says fails.',
  };
}
