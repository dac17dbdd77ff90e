/** What `cxone-emulator explain` does. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { LoadedConfig } from '../config/load-config.js';
import { type Emulator, startEmulator } from '../emulator/emulator.js';
import { ControlError } from '../control/tenant-client.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { ladderText } from '../trace/step-text.js';
import { isTenantName, readTarget } from '../pipeline/target.js';
import { paintFor } from './output/paint.js';
import type { Input, Terminal } from './output/terminal.js';
import { causeOf } from '../trace/trace.js';
import { isDefault } from './setting-flags.js';
import { BadInput } from './strict.js';

export interface ExplainOptions {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  /** By their names in lower case. */
  readonly header: Readonly<Record<string, string>>;
  readonly token?: true;
}

const CONTENT_TYPE = 'content-type';

/** Returns the exit code. Throws BadInput if the payload cannot be read, or the path is not one of the platform's. */
export async function explain(
  payload: string | undefined,
  { method, path, contentType, header, token }: ExplainOptions,
  config: LoadedConfig,
  { stdin, stdout, stderr }: Terminal,
): Promise<number> {
  if (!/^[A-Za-z]{1,20}$/.test(method))
    throw new BadInput(`--method must be a method such as POST, not ${JSON.stringify(method)}`);
  if (!path.startsWith('/')) throw new BadInput(`--path ${advisePath(path)}, not be ${JSON.stringify(path)}`);
  if (token === true && header.authorization !== undefined)
    throw new BadInput('--token sends an Authorization header of its own: give it or --header Authorization, not both');
  const body = payload === undefined ? undefined : await bytesOf(payload, stdin);
  const emulator = await startEmulator(quiet(config), { listen: false, onNote: () => undefined });
  try {
    const headers = {
      accept: '*/*',
      ...(body === undefined ? {} : typeOf(contentType, header)),
      ...(token === true ? { authorization: `Bearer ${await tokenFor(emulator, path)}` } : {}),
      ...header,
    };
    const { trace } = await emulator.explain({ method, path, headers, body });
    stdout.write(`${ladderText(trace, { paint: paintFor(stdout), kept: false })}\n`);
    const code = causeOf(trace)?.code;
    if (code === 'TOKEN_MISSING' || code === 'TOKEN_INVALID')
      stderr.write('note: no server is needed for a token: --token sends one that is good here.\n');
    return trace.outcome === 'accepted' || trace.outcome === 'running' ? 0 : 1;
  } catch (error) {
    if (error instanceof ControlError) throw new BadInput(`--path: ${error.message}`);
    throw error;
  } finally {
    await emulator.close();
  }
}

/** Whoever misspells its name in a header says no other type beside. */
function typeOf(given: string | undefined, header: ExplainOptions['header']): Readonly<Record<string, string>> {
  const type = given ?? (nearMiss(CONTENT_TYPE, Object.keys(header)) === undefined ? 'application/json' : '');
  return type === '' ? {} : { [CONTENT_TYPE]: type };
}

/** An address that was copied whole has the path in it. */
function advisePath(path: string): string {
  const { pathname, search } = URL.canParse(path) ? new URL(path) : { pathname: '', search: '' };
  const rule = 'must begin with a slash';
  return /^\/./.test(pathname) ? `${rule}, such as ${JSON.stringify(pathname + search)}` : rule;
}

/** Of the tenant that the path leads to. */
function tokenFor(emulator: Emulator, path: string): Promise<string> {
  const { tenant } = readTarget(path);
  return isTenantName(tenant) ? emulator.tenant(tenant).token() : emulator.token();
}

/** It leaves no file behind. No conversation is there that could be known, so that any id of the right form is taken. */
function quiet(config: LoadedConfig): LoadedConfig {
  const { settings } = config;
  const unknownConversations = isDefault(config, 'unknownConversations') ? 'adopt' : settings.unknownConversations;
  return { ...config, settings: { ...settings, traceFile: undefined, exportOnExit: undefined, unknownConversations } };
}

async function bytesOf(payload: string, stdin: Input): Promise<Buffer> {
  if (payload === '-') return buffer(stdin);
  try {
    return await readFile(payload);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(code === 'ENOENT' ? `there is no file ${payload}` : `${payload} cannot be read: ${message}`);
  }
}
