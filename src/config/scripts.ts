/** Reads the scripts of the folder that the settings name. */
import { ConfigFaults, type LoadedConfig } from './load-config.js';
import type { Matcher } from '../openapi/router.js';
import { faultInSchema } from '../openapi/validators.js';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import type { LoadedScripts } from '../studio/script-files.js';

/** Whether a file of the folder is a script; the others are let be. */
export function isScriptFile(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

export interface ReadScripts {
  /** By name. */
  readonly scripts: LoadedScripts['scripts'];
  /** What in them works, and is a mistake all the same. */
  readonly notes: readonly string[];
}

/** `matcher` finds what the emulator itself answers. Throws ConfigFaults with every fault of every file. */
export async function readScripts(config: LoadedConfig, matcher: Matcher): Promise<ReadScripts> {
  const { scripts: folder } = config.settings;
  if (folder === undefined) return { scripts: new Map(), notes: [] };
  const { loadScripts } = await import('../studio/script-files.js');
  try {
    const { scripts, notes } = await loadScripts(folder, {
      isScriptFile,
      virtualAgents: config.settings.virtualAgents.map(({ name }) => name),
      faultInSchema: (schema) => faultInSchema(schema),
      operationAt: (method, path) =>
        matcher.methodsAt(path).length === 0 ? undefined : (matcher.match(method, path)?.operation.operationId ?? 'a path'),
    });
    return { scripts, notes: notes.map((note) => `note: ${placeOf(note)}: ${note.message}`) };
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error;
    throw new ConfigFaults(error.faults.map((fault) => ({ where: placeOf(fault), message: fault.message })));
  }
}

function placeOf({ file, line, column }: FileFault): string {
  return `${file}:${String(line)}:${String(column)}`;
}
