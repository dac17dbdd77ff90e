/** Opens the trace file that the settings name. */
import { ConfigFaults, type LoadedConfig } from './load-config.js';
import { TraceFile } from '../trace/file.js';

/** undefined where they name none. `tell` hears of what cannot be written later. Throws ConfigFaults where it cannot be opened. */
export function openTraceFile(config: LoadedConfig, size: () => number, tell: (message: string) => void): TraceFile | undefined {
  const path = config.settings.traceFile;
  if (path === undefined) return undefined;
  try {
    return new TraceFile({ path, size, tell });
  } catch (error) {
    throw new ConfigFaults([config.fault(['traceFile'], `the trace file cannot be written: ${(error as Error).message}`)]);
  }
}
