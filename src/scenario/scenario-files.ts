/** Finds scenario files and reads them; the faults of all of them are told together. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { LARGEST_FILE, readTextFile, unreadable, wholeFile } from '../shared/text-file.js';
import { createTemplates, type Templates } from '../shared/templates.js';
import { readYaml, type YamlFile } from '../shared/yaml-file.js';
import type { Scenario } from './scenario.js';
import { readScenario } from './scenario-file.js';

/** Whether a file of a folder is a scenario; folders inside it hold other things, such as scripts. */
export function isScenarioFile(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !name.startsWith('.');
}

/** The files that are named, and those directly in the folders that are. Throws FileFaults where there are none. */
export async function scenarioFilesAt(paths: readonly string[]): Promise<string[]> {
  const faults: FileFault[] = [];
  const found = new Set<string>();
  for (const path of paths) {
    try {
      if ((await stat(path)).isFile()) {
        found.add(path);
        continue;
      }
      const names = (await readdir(path, { withFileTypes: true }))
        .filter((entry) => !entry.isDirectory() && isScenarioFile(entry.name))
        .map(({ name }) => name);
      for (const name of names.sort()) found.add(join(path, name));
      if (names.length === 0) faults.push(wholeFile(path, 'there are no scenarios (*.yaml) directly in this folder'));
    } catch (error) {
      faults.push(unreadable(path, error));
    }
  }
  if (faults.length > 0) throw new FileFaults(faults);
  return [...found];
}

/** Throws FileFaults with the faults of all files. */
export async function readScenarios(files: readonly string[]): Promise<Scenario[]> {
  const templates = await createTemplates();
  const faults: FileFault[] = [];
  const scenarios: Scenario[] = [];
  for (const file of files) {
    try {
      scenarios.push(scenarioIn(file, await readTextFile(file), templates));
    } catch (error) {
      if (!(error instanceof FileFaults)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new FileFaults(faults);
  return scenarios;
}

/** Throws FileFaults. */
export async function readScenarioFile(file: string): Promise<Scenario> {
  return readScenarioText(file, await readTextFile(file));
}

/** The scenario that a text holds; `file` is what it is called in faults, and what it has beside it. Throws FileFaults. */
export async function readScenarioText(file: string, text: string): Promise<Scenario> {
  return scenarioIn(file, text, await createTemplates());
}

function scenarioIn(file: string, text: string, templates: Templates): Scenario {
  if (text.trim() === '') throw new FileFaults([wholeFile(file, 'the file is empty')]);
  if (text.length > LARGEST_FILE) throw new FileFaults([wholeFile(file, 'the text is larger than 4 MB')]);
  return readScenario(parsed(file, text), templates);
}

/** The parser's other complaints follow from its first. */
function parsed(file: string, text: string): YamlFile {
  try {
    return readYaml(file, text);
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error;
    const [first] = error.faults;
    if (first === undefined) throw error;
    const line = text.split('\n')[first.line - 1] ?? '';
    const hint = /(?<!['"{%])\{\{/.test(line) ? `; a template needs quotes around its whole value: '…{{ captured.id }}…'` : '';
    throw new FileFaults([{ ...first, message: `this is no YAML: ${first.message}${hint}` }]);
  }
}
