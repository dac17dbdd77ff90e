/** What `cxone-emulator chat` does. */
import { setTimeout as pause } from 'node:timers/promises';
import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import { ChatSession } from './client/chat-session.js';
import { HELP, PROMPT } from './output/chat-text.js';
import { ConversationClient } from './client/conversation-client.js';
import { Unanswered } from './client/control-call.js';
import { paintFor } from './output/paint.js';
import { printable } from '../shared/printable.js';
import type { Terminal } from './output/terminal.js';
import { tenantUrl } from './tenant-url.js';

export interface ChatOptions {
  readonly url?: string;
  readonly tenant?: string;
  readonly conversation?: string;
  readonly channel?: string;
  readonly user?: string;
}

/** In milliseconds: so often it is looked for what comes by itself while somebody types. */
const LOOKS_EVERY = 500;

/** Ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Returns the exit code. Throws BadInput if the address or the tenant is invalid. */
export async function chat(options: ChatOptions, terminal: Terminal): Promise<number> {
  const { stdin: input, stdout: output, stderr: errors } = terminal;
  // The reader may leave early: `chat | head`.
  output.on('error', () => {
    terminal.exit(0);
  });
  const { conversation: joined, channel, user } = options;
  const url = await tenantUrl(options, terminal.env);
  const typing = input.isTTY === true && output.isTTY === true;
  const paint = paintFor(output);
  const lines = createInterface({ input, ...(typing ? { output } : {}), terminal: typing, prompt: PROMPT });
  const typed = lines[Symbol.asyncIterator]();
  lines.on('SIGINT', () => {
    terminal.exit(INTERRUPTED);
  });
  /** Ctrl-D ends it, also while a bot thinks; a prompt after that would open the input again. */
  let closed = false;
  lines.on('close', () => {
    closed = true;
  });

  /** What is typed meanwhile is taken away from under it, and stands below it again at the next prompt. */
  const write = (text: string, to: NodeJS.WritableStream): void => {
    if (typing) {
      moveCursor(output, 0, -lines.getCursorPos().rows);
      cursorTo(output, 0);
      clearScreenDown(output);
    }
    to.write(`${text}\n`);
  };
  const print = (text: string): void => {
    write(text, output);
  };
  let exitCode = 0;
  const complain = (problem: string): void => {
    exitCode = 1;
    write(`cxone-emulator chat: ${printable(problem)}`, errors);
  };

  /** Answers whether there is more to say. */
  async function act(line: string, session: ChatSession): Promise<boolean> {
    if (!typing && line !== '') print(`${PROMPT}${printable(line)}`);
    const command = line.trim();
    try {
      if (command === '/quit') return false;
      if (command === '/help') print(HELP);
      else if (command === '/leave') {
        await session.leave();
        return false;
      } else if (/^\/[^/]/.test(line)) complain(`there is no ${line}; /help tells what there is, and /${line} says it`);
      else if (line !== '') await session.say(line.replace(/^\/\//, '/'));
    } catch (problem) {
      if (!(problem instanceof Unanswered)) throw problem;
      complain(problem.message);
      return problem.status === 400;
    }
    // Who pipes lines into a conversation that is over hears so of the next one.
    return !typing || !session.over;
  }

  try {
    const wanted = { channel, userId: user };
    const { client, conversation } = await (joined === undefined
      ? ConversationClient.open(url, wanted)
      : ConversationClient.join(url, joined));
    const session = new ChatSession(client, { print, paint });
    await (joined === undefined ? session.open(conversation) : session.join(conversation));
    if (session.over && joined !== undefined)
      complain('nobody hears the customer any more; leave --conversation out to open another one');
    for (let more = !session.over || (!typing && joined === undefined); more;) {
      const { value: line, done } = await nextLine(session);
      if (done === true) break;
      more = await act(line, session);
    }
  } catch (problem) {
    if (!(problem instanceof Unanswered)) throw problem;
    complain(problem.message);
  } finally {
    lines.close();
  }
  return exitCode;

  /** While somebody thinks of what to say, what comes by itself is printed. */
  async function nextLine(session: ChatSession): Promise<IteratorResult<string, undefined>> {
    const line = typed.next();
    if (!typing || closed) return line;
    lines.prompt(true);
    const stop = new AbortController();
    const watched = watch(session, stop.signal);
    const first = await Promise.race([line, watched]);
    stop.abort();
    await watched;
    return first ?? { done: true, value: undefined };
  }

  /** Until `signal` aborts, or the conversation is over. */
  async function watch(session: ChatSession, signal: AbortSignal): Promise<undefined> {
    for (;;) {
      await nap(signal);
      if (signal.aborted) return;
      const printed = await session.look();
      if (session.over) return;
      if (printed && !closed) lines.prompt(true);
    }
  }
}

/** Over at once where the signal aborts. */
async function nap(signal: AbortSignal): Promise<void> {
  await pause(LOOKS_EVERY, undefined, { signal }).catch(() => undefined);
}
