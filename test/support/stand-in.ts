/** Stand-in bots on free ports, and a script that talks to one as Studio does: it brings back the state that it was given. */
import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { type Bot, readBot, type Turn } from '../../src/stub-bot/bot.js';
import { serveBot } from '../../src/stub-bot/server.js';
import { botContracts } from '../../src/openapi/bot-contracts.js';
import { loadContract } from '../../src/openapi/load-contract.js';
import { createValidators } from '../../src/openapi/validators.js';
import { createTemplates } from '../../src/shared/templates.js';
import { readYaml } from '../../src/shared/yaml-file.js';
import { type Answer, send } from './client.js';

export const contracts = botContracts(await loadContract('test'), createValidators());
const templates = await createTemplates();

export function botOf(text: string): Bot {
  return readBot(readYaml('bot.yaml', text), templates, contracts);
}

export interface Served {
  readonly url: string;
  /** All turns so far. */
  readonly turns: readonly Turn[];
  readonly close: () => Promise<void>;
}

/** Closed when the test is over. */
export async function served(text: string): Promise<Served> {
  const turns: Turn[] = [];
  const server = await serveBot(botOf(text), { host: '127.0.0.1', port: 0, onTurn: ({ turn }) => turns.push(turn) });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close());
  onTestFinished(close);
  return { url: server.url, turns, close };
}

export async function bookings(): Promise<Served> {
  return served(await readFile('scenarios/bots/bookings.yaml', 'utf8'));
}

/** One contact's script: what it sends, and what it brings back. */
export class Script {
  readonly #url: string;
  readonly #contactId: number;
  state: unknown;

  constructor(url: string, contactId = 463012345678) {
    this.#url = url;
    this.#contactId = contactId;
  }

  /** Sends this and nothing else. */
  async turn(userInputType: string, userInput?: string | null, more: object = {}): Promise<Answer> {
    const executionInfo = { contactId: this.#contactId, busNo: 4597359 };
    const answer = await send(this.#url, {
      path: '/my/bot',
      body: { userInputType, userInput, executionInfo, botSessionState: this.state ?? null, ...more },
    });
    if (answer.status === 200 && answer.body?.botSessionState !== undefined) this.state = answer.body.botSessionState;
    return answer;
  }

  begin(more: object = {}): Promise<Answer> {
    return this.turn('AUTOMATED_TEXT', '', more);
  }

  say(text: string, more: object = {}): Promise<Answer> {
    return this.turn('TEXT', text, more);
  }
}

/** The texts of all prompts. */
export function said({ body }: Answer): string[] {
  return (body.nextPromptSequence?.prompts ?? []).map(({ transcript }: { transcript: string }) => transcript);
}
