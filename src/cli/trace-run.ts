/** What `cxone-emulator trace` does. */
import { ladderText } from '../trace/step-text.js';
import { printable } from '../shared/printable.js';
import { paintFor } from './output/paint.js';
import { Unanswered } from './client/control-call.js';
import type { Terminal } from './output/terminal.js';
import { TraceClient, type TraceQuery } from './client/trace-client.js';
import type { Trace } from '../trace/trace.js';
import { tenantUrl } from './tenant-url.js';

export interface TraceOptions {
  readonly url?: string;
  readonly tenant?: string;
  readonly conversation?: string;
  readonly contact?: string;
  readonly script?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly last?: number;
  readonly follow?: true;
}

/** So many of a conversation. */
const MOST = 1000;

/** Returns the exit code. Throws BadInput if the address or the tenant is invalid. */
export async function printTraces(id: string | undefined, options: TraceOptions, terminal: Terminal): Promise<number> {
  const { stdout, stderr, env } = terminal;
  // The reader may leave early: `trace --follow | head`.
  stdout.on('error', () => {
    terminal.exit(0);
  });
  const paint = paintFor(stdout);
  let printed = 0;
  const print = (trace: Trace): void => {
    stdout.write(`${printed === 0 ? '' : '\n'}${ladderText(trace, { paint })}\n`);
    printed += 1;
  };
  const tell = (note: string): void => {
    stderr.write(`cxone-emulator trace: ${printable(note)}\n`);
  };
  const client = new TraceClient(await tenantUrl(options, env));
  const { conversation: conversationId, contact: contactId, script, outcome, code, last, follow } = options;
  const query: TraceQuery = { conversationId, contactId, script, outcome, code };
  try {
    if (id !== undefined) print(await client.one(id));
    else if (follow === true) {
      const before = last === undefined ? [] : (await client.list({ ...query, limit: String(last) })).items;
      for (const trace of before.toReversed()) print(trace);
      for await (const trace of client.follow(query, before[0]?.traceId, tell)) print(trace);
    } else {
      const limit = last ?? (conversationId === undefined ? 1 : MOST);
      const { items, total } = await client.list({ ...query, limit: String(limit) });
      for (const trace of items.toReversed()) print(trace);
      if (limit === MOST && total > items.length)
        tell(
          `these are the newest ${String(items.length)} of ${String(total)} traces; --code, --outcome and --script narrow them down.`,
        );
      if (printed === 0) tell('there is no such trace yet; --follow waits for one, and --tenant names another tenant.');
    }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    tell(error.message);
    return 1;
  }
  return printed === 0 ? 1 : 0;
}
