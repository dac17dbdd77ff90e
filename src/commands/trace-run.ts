/** What `cxone-emulator trace` does. */
import { addressOf } from '../address.js';
import { loadConfig } from '../config.js';
import { isTenantName } from '../pipeline/target.js';
import { environmentName } from '../settings.js';
import { show } from '../shown.js';
import { ladderText } from '../terminal/ladder-text.js';
import { printable } from '../terminal/printable.js';
import { paintFor } from '../terminal/paint.js';
import { NoTraces, TraceClient, type TraceQuery } from '../terminal/trace-client.js';
import type { Trace } from '../trace/trace.js';
import { BadInput } from './strict.js';
import type { TraceOptions } from './trace.js';

/** So many of a conversation. */
const MOST = 1000;

/** Answers the exit code. Throws BadInput where the address or the tenant is none. */
export async function printTraces(id: string | undefined, options: TraceOptions): Promise<number> {
  // Whoever reads may have had enough: `trace --follow | head`.
  process.stdout.on('error', () => process.exit(0));
  const paint = paintFor(process.stdout);
  let printed = 0;
  const print = (trace: Trace): void => {
    process.stdout.write(`${printed === 0 ? '' : '\n'}${ladderText(trace, { paint })}\n`);
    printed += 1;
  };
  const tell = (note: string): void => {
    console.error(`cxone-emulator trace: ${printable(note)}`);
  };
  const client = new TraceClient(await urlFor(options));
  const { conversation: conversationId, contact: contactId, script, outcome, code, last, follow } = options;
  const query: TraceQuery = { conversationId, contactId, script, outcome, code };
  try {
    if (id !== undefined) print(await client.one(id));
    else if (follow === true) {
      const before = last === undefined ? [] : await client.list({ ...query, limit: String(last) });
      for (const trace of before.toReversed()) print(trace);
      for await (const trace of client.follow(query, before[0]?.traceId, tell)) print(trace);
    } else {
      const limit = last ?? (conversationId === undefined ? 1 : MOST);
      for (const trace of (await client.list({ ...query, limit: String(limit) })).toReversed()) print(trace);
      if (printed === 0) tell('there is no such trace yet; --follow waits for one, and --tenant names another tenant.');
    }
  } catch (error) {
    if (!(error instanceof NoTraces)) throw error;
    tell(error.message);
    return 1;
  }
  return printed === 0 ? 1 : 0;
}

/** Where the tenant is reached, without a slash at the end. Throws BadInput. */
async function urlFor({ url: given, tenant }: TraceOptions): Promise<string> {
  const variable = environmentName('url');
  const named = given ?? (process.env[variable] || undefined);
  const where = given === undefined ? variable : '--url';
  if (named !== undefined && (!/^https?:\/\/[^/]/.test(named) || !URL.canParse(named)))
    throw new BadInput(`${where} must be an address such as http://localhost:8400, not ${show(named)}`);
  if (named !== undefined && new URL(named).username + new URL(named).password !== '')
    throw new BadInput(`${where} must have no name and no password in it: the emulator asks for none`);
  if (tenant !== undefined && !isTenantName(tenant))
    throw new BadInput(`--tenant: a tenant’s name has 1 to 64 of a-z, 0-9 and -, not ${show(tenant)}`);
  const { settings } = await loadConfig({ environment: process.env });
  const url = named?.replace(/\/+$/, '') ?? addressOf(settings.host, settings.port);
  return tenant === undefined || tenant === 'default' ? url : `${url}/t/${tenant}`;
}
