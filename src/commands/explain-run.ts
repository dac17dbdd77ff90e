/** What `cxone-emulator explain` does. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { LoadedConfig } from '../config.js';
import { startEmulator } from '../emulator.js';
import { ControlError } from '../library.js';
import { ladderText } from '../terminal/ladder-text.js';
import { paintFor } from '../terminal/paint.js';
import type { ExplainOptions } from './explain.js';
import { isDefault } from './setting-flags.js';
import { BadInput } from './strict.js';

/** Answers the exit code. Throws BadInput where the payload cannot be read, or the path is none of the platform's. */
export async function explain(
  payload: string | undefined,
  { method, path, contentType, header }: ExplainOptions,
  config: LoadedConfig,
): Promise<number> {
  if (!/^[A-Za-z]{1,20}$/.test(method))
    throw new BadInput(`--method must be a method such as POST, not ${JSON.stringify(method)}`);
  if (!path.startsWith('/')) throw new BadInput(`--path must begin with a slash, not be ${JSON.stringify(path)}`);
  const body = payload === undefined ? undefined : await bytesOf(payload);
  const headers = {
    accept: '*/*',
    ...(body === undefined || contentType === '' ? {} : { 'content-type': contentType }),
    ...header,
  };
  const emulator = await startEmulator(quiet(config), { listen: false, onNote: () => undefined });
  try {
    const { trace } = await emulator.explain({ method, path, headers, body });
    console.log(ladderText(trace, { paint: paintFor(process.stdout), kept: false }));
    return trace.outcome === 'accepted' || trace.outcome === 'running' ? 0 : 1;
  } catch (error) {
    if (error instanceof ControlError) throw new BadInput(`--path: ${error.message}`);
    throw error;
  } finally {
    await emulator.close();
  }
}

/** It leaves no file behind. No conversation is there that could be known, so that any id of the right form is taken. */
function quiet(config: LoadedConfig): LoadedConfig {
  const { settings } = config;
  const unknownConversations = isDefault(config, 'unknownConversations') ? 'adopt' : settings.unknownConversations;
  return { ...config, settings: { ...settings, traceFile: undefined, exportOnExit: undefined, unknownConversations } };
}

async function bytesOf(payload: string): Promise<Buffer> {
  if (payload === '-') return buffer(process.stdin);
  try {
    return await readFile(payload);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(code === 'ENOENT' ? `there is no file ${payload}` : `${payload} cannot be read: ${message}`);
  }
}
