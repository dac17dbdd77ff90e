/** Reads the scripts of the folder that the settings name. */
import { ConfigFaults, type LoadedConfig } from './config.js';
import type { Matcher } from './contract/match.js';
import { faultInSchema } from './contract/validators.js';
import { FileFaults } from './file-faults.js';
import type { LoadedScripts } from './studio/script-files.js';

/** Whether a file of the folder is a script; the others are let be. */
export function isScriptFile(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

/** `matcher` finds what the emulator itself answers. Throws ConfigFaults with every fault of every file. */
export async function readScripts(config: LoadedConfig, matcher: Matcher): Promise<LoadedScripts> {
  const { scripts: folder } = config.settings;
  if (folder === undefined) return { scripts: new Map(), notes: [] };
  const { loadScripts } = await import('./studio/script-files.js');
  try {
    return await loadScripts(folder, {
      isScriptFile,
      faultInSchema: (schema) => faultInSchema(schema),
      operationAt: (method, path) =>
        matcher.methodsAt(path).length === 0 ? undefined : (matcher.match(method, path)?.operation.operationId ?? 'a path'),
    });
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error;
    throw new ConfigFaults(
      error.faults.map(({ file, line, column, message }) => ({ where: `${file}:${String(line)}:${String(column)}`, message })),
    );
  }
}
