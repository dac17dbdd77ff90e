/** Checks what `validate` was asked for: tells each file apart, and reads all of it as a start would. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { ConfigFaults, loadConfig } from '../config/load-config.js';
import { CONTRACT_FOLDER, readSources } from '../openapi/load-contract.js';
import { startEmulator } from '../emulator/emulator.js';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { readScenarios } from '../scenario/scenario-files.js';
import { isScriptFile } from '../config/scripts.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { listed } from '../shared/format.js';
import { printable } from '../shared/printable.js';
import type { Terminal } from './output/terminal.js';
import { readTextFile, unreadable } from '../shared/text-file.js';
import { readYaml } from '../shared/yaml-file.js';
import { Emulators } from '../testing/scenario-emulators.js';

type Kind = 'scenario' | 'script' | 'bot' | 'config';

/** Without paths the `usual` folder is checked, if it exists. Returns the exit code. */
export async function validate(paths: readonly string[], usual: string, { stdout, stderr }: Terminal): Promise<number> {
  const problems: string[] = [];
  const collect = async (work: () => Promise<unknown>, only?: (fault: FileFault) => boolean): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof ConfigFaults) problems.push(...error.faults.map(({ where, message }) => `${where} ${message}`));
      else if (error instanceof FileFaults)
        problems.push(
          ...error.faults
            .filter((fault) => only?.(fault) ?? true)
            .map(({ file, line, column, message }) => `${file}:${String(line)}:${String(column)} ${message}`),
        );
      else throw error;
    }
  };
  const files = await filesAt(paths.length > 0 ? paths : (await isThere(usual)) ? [usual] : [], problems);
  const byKind: Record<Kind, string[]> = { scenario: [], script: [], bot: [], config: [] };
  for (const file of files) await collect(async () => byKind[kindOf(file, await readTextFile(file))].push(file));

  await collect(proveContracts);
  const scenarios: Scenario[] = [];
  for (const file of byKind.scenario) await collect(async () => scenarios.push(...(await readScenarios([file]))));
  const emulators = new Emulators();
  await collect(() => emulators.start(scenarios, { listen: false }));
  await emulators.close();
  for (const folder of new Set(byKind.script.map((file) => dirname(file)))) {
    // A script may start those beside it, so that they are read together.
    const mine = byKind.script.map(normalize);
    await collect(
      () => withSettings(() => loadConfig({ options: { scripts: folder } })).catch(asFileFaults),
      ({ file }) => mine.includes(normalize(file)),
    );
  }
  for (const file of byKind.bot) await collect(() => readBotFile(file));
  for (const file of byKind.config) await collect(() => withSettings(() => loadConfig({ file })));

  if (problems.length > 0) {
    const unique = [...new Set(problems)];
    stderr.write(unique.map((problem) => `${printable(problem)}\n`).join('') + `${count(unique.length, 'fault')}.\n`);
    return 2;
  }
  stdout.write(
    `All is well: ${listed([count(byKind.scenario.length, 'scenario'), count(byKind.script.length, 'script'), count(byKind.bot.length, 'bot'), count(byKind.config.length, 'config file'), 'the contracts'])}.\n`,
  );
  return 0;
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}

/** Whatever settings lead to is read as at a start; only no port is taken. */
async function withSettings(load: () => ReturnType<typeof loadConfig>): Promise<void> {
  const config = await load();
  // A trace file would be begun by it.
  const settings = { ...config.settings, traceFile: undefined };
  const emulator = await startEmulator({ ...config, settings }, { listen: false, onNote: () => undefined });
  await emulator.close();
}

function asFileFaults(error: unknown): never {
  if (!(error instanceof ConfigFaults)) throw error;
  throw new FileFaults(
    error.faults.map(({ where, message }) => {
      const [, file = where, line = '1', column = '1'] = /^(.+):(\d+):(\d+)$/.exec(where) ?? [];
      return { file, line: Number(line), column: Number(column), message };
    }),
  );
}

async function readBotFile(file: string): Promise<void> {
  const { readRules } = await import('../stub-bot/bot-rules.js');
  const { createTemplates } = await import('../shared/templates.js');
  readRules(readYaml(file, await readTextFile(file)), await createTemplates());
}

/** From their sources: what was packed at build was proved then. */
async function proveContracts(): Promise<void> {
  const { readDocuments } = await import('../openapi/documents.js');
  await readDocuments(await readSources(CONTRACT_FOLDER));
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function filesAt(paths: readonly string[], problems: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    try {
      if ((await stat(path)).isFile()) {
        found.push(path);
        continue;
      }
      const inside = await readdir(path, { withFileTypes: true, recursive: true });
      // What others have written, below this folder, is theirs.
      const files = inside
        .filter((entry) => entry.isFile() && isScriptFile(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => !relative(path, file).split(sep).includes('node_modules'));
      if (files.length === 0) problems.push(`${path}:1:1 there is nothing to check in this folder`);
      found.push(...files.sort());
    } catch (error) {
      problems.push(`${path}:1:1 ${unreadable(path, error).message}`);
    }
  }
  return [...new Set(found)];
}

/** By the member that none of its kind lacks. */
const BY_MEMBER: ReadonlyMap<string, Kind> = new Map([
  ['steps', 'scenario'],
  ['actions', 'script'],
  ['rules', 'bot'],
]);

/** What a file is, by what it has, or has misspelt beside a name, which settings do not have: steps, actions, rules, or settings. Throws FileFaults where it is no YAML. */
function kindOf(file: string, text: string): Kind {
  const { value } = readYaml(file, text);
  if (typeof value !== 'object' || value === null) return 'config';
  for (const [member, kind] of BY_MEMBER) if (member in value) return kind;
  const meant = 'name' in value ? Object.keys(value).flatMap((key) => nearMiss(key, BY_MEMBER.keys()) ?? [])[0] : undefined;
  if (meant !== undefined) return BY_MEMBER.get(meant) ?? 'config';
  return 'given' in value ? 'scenario' : 'trigger' in value ? 'script' : 'config';
}
