/** Bots outside the emulator, the script that talks with one, and the customer. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Emulator, EmulatorOptions, Trace } from '../../src/index.js';
import type { Message as Said } from '../../src/cxone/model/message.js';
import { send } from './client.js';
import { type Files, outside, withScripts } from './scripts.js';

/** What came to a bot. */
export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: any;
  /** As it came. */
  readonly text: string;
}

type Answering = (asked: Asked, response: ServerResponse) => unknown;

export interface Bot {
  readonly url: string;
  readonly asked: Asked[];
}

/** A bot that answers what `answering` returns as JSON; where it returns nothing, `answering` has answered by itself, or never will. */
export async function bot(answering: Answering): Promise<Bot> {
  const asked: Asked[] = [];
  const url = await outside((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body: JSON.parse(text) as unknown, text };
      asked.push(one);
      const answer = answering(one, response);
      if (answer !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  return { url: `${url}/bot`, asked };
}

/** An answer of the exchange contract that goes on. */
export function says(text: string, more: object = {}): object {
  return { branchName: 'PromptAndCollectNextResponse', nextPromptSequence: { prompts: [{ transcript: text }] }, ...more };
}

/** Greets, asks, and queues who wants an agent; what fails is said to the customer. */
export function talkScript(more: object = {}, exchange: object = {}): Files {
  const turn = {
    type: 'TEXTBOT EXCHANGE',
    virtualAgent: 'Bella',
    ...exchange,
    branches: {
      OnPromptAndCollectNextResponse: 'Ask',
      OnReturnControlToScript: 'Agent',
      OnError: 'Sorry',
      Default: 'Nothing',
    },
  };
  return {
    'talk.yaml': {
      name: 'talk',
      trigger: { conversation: {} },
      actions: {
        Greet: turn,
        Ask: { type: 'ASKCALLER', next: 'Turn' },
        Turn: turn,
        Sorry: { type: 'SENDMESSAGE', message: 'Sorry: {{ vars._ERR }}', next: 'Agent' },
        Nothing: { type: 'SENDMESSAGE', message: 'No bot', next: 'Agent' },
        Agent: {
          type: 'REQAGENT',
          skillId: 4001,
          data: {
            branch: '{{ vars.branchName | default: "none" }}',
            payload: '{{ vars.customPayloadFromBot | default: "none" }}',
          },
          next: 'Done',
        },
        Done: { type: 'END' },
        ...more,
      },
    },
  };
}

export interface Talk {
  readonly emulator: Emulator;
  readonly conversationId: string;
  readonly contactId: string;
  /** Says it, and answers what was said since. */
  say(text: string): Promise<any>;
  leave(): Promise<any>;
  now(): Promise<any>;
  messages(): Promise<Said[]>;
  trace(): Trace;
}

/** Options, the scripts, and what the config file says of the virtual agent beside its name and url. */
type Setting = Omit<EmulatorOptions, 'scripts'> & { readonly scripts?: Files; readonly agent?: object };

/** A customer who arrives at an emulator whose bot is this one. */
export async function talkWith(
  { url }: Pick<Bot, 'url'>,
  { scripts = talkScript(), agent = {}, ...options }: Setting = {},
): Promise<Talk> {
  const emulator = await withScripts(scripts, { virtualAgents: [{ name: 'Bella', url, ...agent }], ...options });
  return arrive(emulator);
}

export async function arrive(emulator: Emulator, conversation: object = {}): Promise<Talk> {
  const { url } = emulator;
  const { body: opened } = await send(url, { path: '/_emulator/conversations', body: conversation });
  const { conversationId, contactId } = opened as { conversationId: string; contactId: string };
  const at = `/_emulator/conversations/${conversationId}`;
  return {
    emulator,
    conversationId,
    contactId,
    say: async (text) => (await send(url, { path: `${at}/messages`, body: { text } })).body,
    leave: async () => (await send(url, { method: 'POST', path: `${at}/leave` })).body,
    now: async () => (await send(url, { path: at })).body,
    messages: async () => (await send(url, { path: `${at}/messages` })).body.items,
    trace() {
      const found = emulator.traces({ contactId }).find(({ script }) => script !== null);
      if (found === undefined) throw new Error('No script ran.');
      return found;
    },
  };
}

/** Of the actions that fired: `Greet → OnError`. */
export function story({ entries }: Trace): string[] {
  return entries.flatMap(({ action, branch }) =>
    action === undefined ? [] : [`${action.replace(/ \(.*/, '')} → ${branch ?? 'end'}`],
  );
}
