/** What `cxone-emulator demo` does: it plays what scenarios/bot-conversation.yaml asserts, and tells it. */
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../config/load-config.js';
import type { ConversationControlView } from '../control/conversations.js';
import { startEmulator } from '../emulator/emulator.js';
import type { Message } from '../cxone/model/message.js';
import { PACKAGE_ROOT } from '../shared/package-root.js';
import { ladderText } from '../trace/step-text.js';
import { paintFor } from './output/paint.js';
import { printable } from '../shared/printable.js';
import type { Terminal } from './output/terminal.js';

const shipped = (path: string): string => fileURLToPath(new URL(path, PACKAGE_ROOT));

const BELLA = 'Hello, this is Bella. I have read everything.';

/** What the customer says, or for how many seconds they are silent. */
const CUSTOMER: readonly (string | number)[] = [
  'I want to change my booking',
  'the one on Friday',
  'it is ab1234',
  'Please move another one',
  20,
  'I would rather talk to a person',
];

/** Returns the exit code. */
export async function playDemo({ stdout }: Terminal): Promise<number> {
  const paint = paintFor(stdout);
  const print = (who: string, text: string): void => {
    stdout.write(`${paint('strong', printable(who).padStart(14))}  ${printable(text)}\n`);
  };
  const note = (text: string): void => {
    stdout.write(`${' '.repeat(16)}${paint('dim', printable(text))}\n`);
  };
  const options = {
    port: 0,
    seed: 'demo',
    frozenAt: '2026-03-02T09:00:00Z',
    logLevel: 'silent',
    scripts: shipped('scenarios/bots/scripts'),
    virtualAgents: [{ name: 'Bookings', standIn: shipped('scenarios/bots/bookings.yaml') }],
    skills: [
      { skillId: 4001, name: 'Support', agents: 1 },
      { skillId: 4002, name: 'Billing', agents: 1, answers: { after: 20, says: [BELLA] } },
    ],
  };
  const emulator = await startEmulator(await loadConfig({ options }));
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${emulator.url}/_emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  try {
    const { conversationId } = (await control('POST', 'conversations', { channel: 'webchat' })) as ConversationControlView;
    const here = `conversations/${conversationId}`;
    let heard = 0;
    const listen = async (): Promise<ConversationControlView> => {
      const { items } = (await control('GET', `${here}/messages?after=${String(heard)}`)) as { items: Message[] };
      for (const { from, name, text, number } of items) {
        if (from !== 'customer') print(name ?? 'Script', text);
        heard = number;
      }
      return (await control('GET', here)) as ConversationControlView;
    };
    const told = ({ bot }: ConversationControlView): void => {
      if (bot !== undefined) note(`${bot.branchName ?? 'no answer'}${bot.intent === null ? '' : `, intent ${bot.intent}`}`);
    };
    told(await listen());
    for (const act of CUSTOMER) {
      if (typeof act === 'number') {
        note(`… the customer says nothing for ${String(act)} s`);
        await control('PUT', 'clock', { advance: `${String(act)}s` });
      } else {
        print('Customer', act);
        await control('POST', `${here}/messages`, { text: act });
      }
      told(await listen());
    }
    const queued = await listen();
    note(
      `${queued.state}, for skill ${String(queued.skillId)}, with intent ${String(queued.metadata.intent)} and the transcript`,
    );
    note('… 20 s in the queue');
    await control('PUT', 'clock', { advance: '20s' });
    const served = await listen();
    note(`${served.state}: ${served.agent?.name ?? 'nobody'} has the conversation`);
    const [trace] = emulator.traces({ script: 'webchat' });
    if (trace !== undefined) stdout.write(`\n${ladderText(trace, { paint, kept: false })}\n`);
    return served.state === 'agent' ? 0 : 1;
  } finally {
    await emulator.close();
  }
}
