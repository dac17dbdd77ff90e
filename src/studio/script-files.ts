/** Reads the scripts of a folder, and checks them against each other: names and paths that stand twice, scripts that are not there. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { show } from '../shared/format.js';
import type { Script, Trigger } from './script.js';
import type { ReadScript } from './script-file.js';
import type { JsonSchema } from '../shared/json-schema.js';

export interface LoadedScripts {
  readonly scripts: ReadonlyMap<string, Script>;
  /** What works, and is a mistake all the same. */
  readonly notes: readonly FileFault[];
}

export interface ScriptSurroundings {
  /** Whether a file of the folder is a script, by its name. */
  readonly isScriptFile: (name: string) => boolean;
  /** The names of the virtual agents of the config file. */
  readonly virtualAgents: readonly string[];
  readonly faultInSchema: (schema: JsonSchema) => string | undefined;
  /** What the emulator itself answers at this method and path; undefined where nothing does. */
  readonly operationAt: (method: string, path: string) => string | undefined;
}

/** A larger file is no script. In bytes. */
const LARGEST_FILE = 1024 ** 2;

/** The YAML and JSON files of the folder, in the order of their names. Throws Node's error where it cannot be read. */
async function scriptFilesIn(folder: string, isScriptFile: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter(isScriptFile)
    .sort()
    .map((name) => join(folder, name));
}

/** Throws FileFaults with the faults of all files. */
export async function loadScripts(folder: string, surroundings: ScriptSurroundings): Promise<LoadedScripts> {
  const files = await scriptFilesIn(folder, surroundings.isScriptFile).catch((error: unknown) => {
    throw new FileFaults([
      {
        file: folder,
        line: 1,
        column: 1,
        message: `the folder of scripts cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      },
    ]);
  });
  if (files.length === 0) return { scripts: new Map(), notes: [] };
  const [{ readYaml }, { readScript }, { createTemplates }] = await Promise.all([
    import('../shared/yaml-file.js'),
    import('./script-file.js'),
    import('../shared/templates.js'),
  ]);
  const templates = await createTemplates();
  const faults: FileFault[] = [];
  const read: ReadScript[] = [];
  for (const file of files) {
    try {
      const text = await readFile(file, 'utf8');
      const problem =
        text.trim() === '' ? 'the file is empty' : text.length > LARGEST_FILE ? 'the file is too large for a script' : undefined;
      if (problem !== undefined) throw new FileFaults([{ file, line: 1, column: 1, message: problem }]);
      read.push(readScript(readYaml(file, text), templates, surroundings.faultInSchema));
    } catch (error) {
      if (error instanceof FileFaults) faults.push(...error.faults);
      else if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      else
        faults.push({
          file,
          line: 1,
          column: 1,
          message: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? ''})`,
        });
    }
  }
  faults.push(...faultsBetween(read, surroundings));
  if (faults.length > 0) throw new FileFaults(faults);
  return {
    scripts: new Map(read.map(({ script }) => [script.name, script])),
    notes: read.flatMap((one) => [...one.notes, ...agentsMissing(one, surroundings)]),
  };
}

/** A script that asks a bot which is not there works, and its customers go the way of OnError. */
function agentsMissing({ agents, fault }: ReadScript, { virtualAgents }: ScriptSurroundings): FileFault[] {
  return agents.flatMap(({ name, path }) => {
    if (virtualAgents.includes(name)) return [];
    const near = nearMiss(name, virtualAgents);
    const advice = near === undefined ? '' : `; did you mean ${near}?`;
    return [fault(path, `virtualAgents of the config file has no ${show(name)}${advice}`)];
  });
}

function faultsBetween(read: readonly ReadScript[], { operationAt }: ScriptSurroundings): FileFault[] {
  const faults: FileFault[] = [];
  const names = read.map(({ script }) => script.name);
  const taken = new Map<string, Script>();
  const claim = (what: string, one: ReadScript, path: readonly string[], message: string): void => {
    const other = taken.get(what);
    if (other === undefined) taken.set(what, one.script);
    else faults.push(one.fault(path, `${message} ${other.file} has it already`));
  };
  for (const one of read) {
    const { name, trigger } = one.script;
    claim(`name ${name}`, one, ['name'], `the name ${show(name)} stands twice:`);
    for (const { what, path } of claimsOf(trigger, name)) claim(what, one, ['trigger', ...path], `${what} stands twice:`);
    if (trigger?.kind === 'webhook') {
      const owner = operationAt(trigger.method, trigger.path);
      if (owner !== undefined)
        faults.push(
          one.fault(
            ['trigger', 'webhook', 'path'],
            `${trigger.method} ${trigger.path} is ${owner} of the emulator itself; choose another path, such as /webhooks/${name.replace(/[^A-Za-z0-9._~-]/g, '-')}`,
          ),
        );
    }
    for (const { name: needed, path } of one.needs) {
      if (names.includes(needed)) continue;
      const near = nearMiss(needed, names);
      faults.push(
        one.fault(
          path,
          `there is no script ${show(needed)}${near === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${near}?`}`,
        ),
      );
    }
  }
  return faults;
}

/** What no two scripts may have. */
function claimsOf(trigger: Trigger | undefined, name: string): { readonly what: string; readonly path: readonly string[] }[] {
  switch (trigger?.kind) {
    case 'webhook':
      return [{ what: `the webhook ${trigger.method} ${trigger.path}`, path: ['webhook', 'path'] }];
    case 'conversation':
    case 'handover':
      return [
        {
          what: `the trigger ${trigger.kind} ${trigger.channel === undefined ? 'on any channel' : `on the channel ${trigger.channel}`}`,
          path: [trigger.kind],
        },
      ];
    case 'start':
      return [
        ...(trigger.scriptId === undefined ? [] : [{ what: `the script id ${trigger.scriptId}`, path: ['start', 'scriptId'] }]),
        { what: `the script path ${(trigger.scriptPath ?? name).toLowerCase()}`, path: ['start'] },
      ];
    default:
      return [];
  }
}
