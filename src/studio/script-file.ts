/** Reads a script from its file; every fault in it is told, with line and column. */
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { schemaFaults } from '../shared/schema-errors.js';
import { show } from '../shared/format.js';
import type { YamlFile } from '../shared/yaml-file.js';
import type { Path, Preparation } from './action.js';
import { ACTION_TYPES } from './actions/index.js';
import type { Action, Script, Trigger } from './script.js';
import { validate } from './script-validator.js';
import type { Template, Templates } from '../shared/templates.js';
import type { JsonSchema } from '../shared/json-schema.js';

/** What a script names that stands elsewhere. */
export interface Named {
  readonly name: string;
  readonly path: Path;
}

export interface ReadScript {
  readonly script: Script;
  /** What works, and is a mistake all the same. */
  readonly notes: readonly FileFault[];
  /** The scripts that it starts, and where it names them. */
  readonly needs: readonly Named[];
  /** The virtual agents that it asks, and where it names them. */
  readonly agents: readonly Named[];
  readonly fault: (path: Path, message: string) => FileFault;
}

interface ActionObject {
  readonly type: string;
  readonly next?: string;
  readonly branches?: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

interface ScriptObject {
  readonly name: string;
  readonly trigger?: {
    readonly webhook?: {
      readonly path: string;
      readonly method?: string;
      readonly body?: JsonSchema;
      readonly headers?: string[];
      readonly types?: ('json' | 'form')[];
    };
    readonly conversation?: { readonly channel?: string };
    readonly handover?: { readonly channel?: string };
    readonly start?: { readonly scriptId?: string; readonly scriptPath?: string; readonly parameters?: string[] };
  };
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly begin?: string;
  readonly actions: Readonly<Record<string, ActionObject>>;
}

/** `faultInSchema` says what is wrong with a JSON Schema itself. Throws FileFaults. */
export function readScript(
  file: YamlFile,
  templates: Templates,
  faultInSchema: (schema: JsonSchema) => string | undefined,
): ReadScript {
  const shape = faultInShape(file.value);
  if (shape !== undefined) throw new FileFaults([file.fault([], shape)]);
  if (!validate(file.value)) throw new FileFaults(schemaFaults(validate.errors ?? [], file));
  const given = file.value as ScriptObject;
  const faults: FileFault[] = [];
  const notes: FileFault[] = [];
  const needs: Named[] = [];
  const agents: Named[] = [];
  const fault = (path: Path, message: string): void => {
    faults.push(file.fault(path, message));
  };
  const templateAt = (path: Path, value: unknown): Template =>
    templates.compile(value, (inside, message) => {
      fault([...path, ...inside], message);
    });

  const names = Object.keys(given.actions);
  const requireAction = (path: Path, name: string): void => {
    if (Object.hasOwn(given.actions, name)) {
      if (given.actions[name]?.type === 'ONSIGNAL')
        fault(path, `${show(name)} is an ONSIGNAL: no branch leads to it, a signal does`);
      return;
    }
    const near = nearMiss(name, names);
    fault(
      path,
      `there is no action ${show(name)}${near === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${near}?`}`,
    );
  };

  const readAction = (name: string, object: ActionObject): Action | undefined => {
    const path = ['actions', name];
    const { type: typeName, next, branches = {}, description: _, ...settings } = object;
    const type = ACTION_TYPES.get(typeName);
    if (type === undefined) return undefined;
    if (next !== undefined && branches.Default !== undefined)
      fault([...path, 'next'], 'next and branches.Default are the same branch: write one of them');
    const all = new Map(Object.entries({ ...(next === undefined ? {} : { Default: next }), ...branches }));
    for (const [branch, target] of all)
      requireAction(branch === 'Default' && next !== undefined ? [...path, 'next'] : [...path, 'branches', branch], target);
    const preparation: Preparation = {
      settings,
      template: (setting) => (settings[setting] === undefined ? undefined : templateAt([...path, setting], settings[setting])),
      templateAt: (inside, value) => templateAt([...path, ...inside], value),
      conditionAt: (inside, text) =>
        templates.condition(text, (message) => {
          fault([...path, ...inside], message);
        }),
      fault: (inside, message) => {
        fault([...path, ...inside], message);
      },
      note: (inside, message) => {
        notes.push(file.fault([...path, ...inside], message));
      },
      expectAgent: (inside, agent) => {
        agents.push({ name: agent, path: [...path, ...inside] });
      },
      requireScript: (inside, script) => {
        needs.push({ name: script, path: [...path, ...inside] });
      },
    };
    return { name, type, perform: type.prepare(preparation), branches: all, line: file.fault(path, '').line };
  };

  const trigger = readTrigger(given.trigger);
  if (trigger?.kind === 'webhook' && trigger.schema !== undefined) {
    if (trigger.method === 'GET')
      fault(['trigger', 'webhook', 'body'], 'a GET has no body: what came in its query is request.query');
    const problem = '$id' in trigger.schema ? 'it must not have an $id' : faultInSchema(trigger.schema);
    if (problem !== undefined) fault(['trigger', 'webhook', 'body'], `the body is no JSON Schema that can be used: ${problem}`);
  }
  const variables = new Map(
    Object.entries(given.variables ?? {}).map(([name, value]) => [name, templateAt(['variables', name], value)] as const),
  );
  const begin = given.begin ?? names.find((name) => given.actions[name]?.type !== 'ONSIGNAL') ?? '';
  if (given.begin !== undefined) requireAction(['begin'], given.begin);
  else if (begin === '') fault(['actions'], 'a script that only hears signals must wait for them: put a WAIT first');
  const actions = new Map<string, Action>();
  for (const [name, object] of Object.entries(given.actions)) {
    const action = readAction(name, object);
    if (action !== undefined) actions.set(name, action);
  }
  const listening = names.filter((name) => given.actions[name]?.type === 'ONSIGNAL');
  for (const name of listening.slice(1))
    fault(['actions', name], `a script has one ONSIGNAL only, and ${listening[0] ?? ''} is one`);
  if (faults.length > 0) throw new FileFaults(faults);
  const usesToken = /\benv\s*(?:\.\s*TOKEN\b|\[\s*["']TOKEN["']\s*\])/.test(JSON.stringify(file.value).replaceAll('\\"', '"'));
  return {
    script: { name: given.name, file: file.file, trigger, variables, begin, actions, onSignal: listening[0], usesToken },
    notes,
    needs,
    agents,
    fault: file.fault,
  };
}

/** More levels than any script needs. */
const DEEPEST = 64;

function faultInShape(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${String(value)} is no number that JSON knows`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEEPEST) return `the file nests more than ${String(DEEPEST)} levels deep`;
  for (const member of Object.values(value)) {
    const fault = faultInShape(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function readTrigger(given: ScriptObject['trigger']): Trigger | undefined {
  if (given?.webhook !== undefined) {
    const { path, method = 'POST', body, headers = [], types = ['json'] } = given.webhook;
    return { kind: 'webhook', path, method, schema: body, headers: headers.map((name) => name.toLowerCase()), types };
  }
  if (given?.conversation !== undefined) return { kind: 'conversation', channel: given.conversation.channel };
  if (given?.handover !== undefined) return { kind: 'handover', channel: given.handover.channel };
  if (given?.start !== undefined) {
    const { scriptId, scriptPath, parameters = [] } = given.start;
    return { kind: 'start', scriptId, scriptPath, parameters };
  }
  return undefined;
}
