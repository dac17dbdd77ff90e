/** The settings: defaults, then the config file, then the environment, then flags or options; one schema, every fault reported at once. */
import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { type ConversationIdForm, type ConversationIds, conversationIds } from '../cxone/model/ids.js';
import { faultsBetweenSettings } from './cross-checks.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { kindOf, oneOf, show } from '../shared/format.js';
import { environmentName, SETTING_NAMES, type Settings, SETTINGS } from './settings.js';
import { FileFaults } from '../shared/file-errors.js';
import type { YamlFile } from '../shared/yaml-file.js';

/** Where a fault in the settings stands, and what is wrong. */
export interface ConfigFault {
  /** `--port`, `CXONE_EMULATOR_PORT`, `emulator.yaml:3:1` or `port`. */
  readonly where: string;
  readonly message: string;
}

/** Settings that cannot be used; the message lists every fault. */
export class ConfigFaults extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ where, message }) => `${where}: ${message}`).join('\n'));
    this.name = 'ConfigFaults';
    this.faults = faults;
  }
}

/** Where settings may come from. */
export interface ConfigSources {
  /** Path of the config file. */
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** As texts, by the setting's name. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** As values: what a program passes to createEmulator. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  /** Where it came from, to be read again. */
  readonly sources: ConfigSources;
  readonly settings: Settings;
  readonly conversationIds: ConversationIds;
  /** Names a place in the source that a setting came from. */
  fault(path: readonly [keyof Settings, ...(string | number)[]], message: string): ConfigFault;
}

/** One source's values, and how a place in it is called. */
interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  /** Texts are turned into numbers and booleans. */
  readonly texts: boolean;
  where(path: readonly (string | number)[]): string;
}

/** Throws ConfigFaults with all faults of all sources. */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const faults: ConfigFault[] = [];
  const layers = [
    ...(await fileLayer(sources.file, faults)),
    environmentLayer(sources.environment ?? {}, faults),
    flagLayer(sources.flags ?? {}),
    optionLayer(sources.options ?? {}),
  ];

  const origin = new Map<string, Layer>();
  const merged: Record<string, unknown> = Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].default]));
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer.values)) {
      if (value === undefined) continue;
      const checked = check(name, value, layer);
      if (!('value' in checked)) {
        faults.push(...checked.faults);
        continue;
      }
      merged[name] = checked.value;
      origin.set(name, layer);
    }
  }
  const fault: LoadedConfig['fault'] = (path, message) => ({
    where: origin.get(path[0])?.where(path) ?? path.join('.'),
    message,
  });
  const settings = {
    ...merged,
    ...sizesOf(merged, faults, fault),
    publicUrl: publicUrlOf(merged.publicUrl, faults, fault),
  } as unknown as Settings;
  const ids = readyIds(settings.conversationId, faults, fault);
  faults.push(...faultsBetweenSettings(settings).map(({ path, message }) => fault(path, message)));
  if (settings.maxBody > settings.maxInFlightBytes) {
    const name = origin.has('maxBody') ? 'maxBody' : 'maxInFlightBytes';
    faults.push(
      fault(
        [name],
        `maxBody (${String(settings.maxBody)} bytes) must fit into maxInFlightBytes (${String(settings.maxInFlightBytes)} bytes)`,
      ),
    );
  }
  if (faults.length > 0 || ids === undefined) throw new ConfigFaults(faults);
  return { sources, settings, conversationIds: ids, fault };
}

async function fileLayer(path: string | undefined, faults: ConfigFault[]): Promise<Layer[]> {
  if (path === undefined) return [];
  let file: YamlFile;
  try {
    const text = await readFile(path, 'utf8');
    // A file that is just being written is empty for a moment.
    if (text.trim() === '') throw new FileFaults([{ file: path, line: 1, column: 1, message: 'the file is empty' }]);
    const { readYaml } = await import('../shared/yaml-file.js');
    file = readYaml(path, text);
  } catch (error) {
    if (error instanceof FileFaults)
      faults.push(
        ...error.faults.map(({ line, column, message }) => ({ where: `${path}:${String(line)}:${String(column)}`, message })),
      );
    else
      faults.push({
        where: path,
        message: `the config file cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      });
    return [];
  }
  if (file.value === null) return [];
  const where: Layer['where'] = (steps) => {
    const { line, column } = file.fault(steps, '');
    return `${path}:${String(line)}:${String(column)}`;
  };
  if (kindOf(file.value) !== 'an object') {
    faults.push({ where: where([]), message: `the file must hold settings by name, not ${kindOf(file.value)}` });
    return [];
  }
  return [{ values: file.value as Record<string, unknown>, texts: false, where }];
}

function environmentLayer(environment: Readonly<Record<string, string | undefined>>, faults: ConfigFault[]): Layer {
  const withFlag = SETTING_NAMES.filter((name) => SETTINGS[name].flag !== undefined);
  const known = withFlag.map(environmentName);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('CXONE_EMULATOR_') || known.includes(name)) continue;
    const inFileOnly = SETTING_NAMES.find((setting) => environmentName(setting) === name);
    if (inFileOnly !== undefined) {
      faults.push({ where: name, message: `${inFileOnly} stands in the config file only` });
      continue;
    }
    const near = nearMiss(name, known);
    if (near !== undefined) faults.push({ where: name, message: `there is no such setting; did you mean ${near}?` });
  }
  return {
    values: Object.fromEntries(withFlag.map((name) => [name, environment[environmentName(name)] || undefined])),
    texts: true,
    where: ([name]) => environmentName(String(name)),
  };
}

function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  return { values: flags, texts: true, where: ([name]) => `--${SETTINGS[name as keyof Settings].flag?.name ?? String(name)}` };
}

function optionLayer(options: Readonly<Record<string, unknown>>): Layer {
  return { values: options, texts: false, where: (path) => path.join('.') };
}

/** The schemas are ours: ajv need not check them at every start, which would take it a tenth of that time. */
const OWN_SCHEMAS: Options = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false,
  useDefaults: true,
};
const ajvForTexts = new Ajv({ ...OWN_SCHEMAS, coerceTypes: true });
const ajvForValues = new Ajv(OWN_SCHEMAS);

/** By schema: ajv keeps every schema object that it compiles, and a reload must not add any. */
const wrapped = new Map<object, object>();

function inHolder(schema: object): object {
  const known = wrapped.get(schema);
  if (known !== undefined) return known;
  const made = { type: 'object', properties: { value: schema } };
  wrapped.set(schema, made);
  return made;
}

function check(name: string, value: unknown, layer: Layer): { readonly value: unknown } | { readonly faults: ConfigFault[] } {
  if (!Object.hasOwn(SETTINGS, name)) {
    const near = nearMiss(name, SETTING_NAMES);
    return {
      faults: [
        {
          where: layer.where([name]),
          message: `there is no setting ${show(name)}${near === undefined ? `; there are ${SETTING_NAMES.join(', ')}` : `; did you mean ${near}?`}`,
        },
      ],
    };
  }
  const { schema, expected, kind } = SETTINGS[name as keyof Settings];
  const given = kind === 'list' ? listOf(value) : name === 'seed' && typeof value === 'number' ? String(value) : value;
  // The defaults inside lists are filled in: not into what a program passed.
  const holder = { value: structuredClone(given) };
  const ajv = layer.texts ? ajvForTexts : ajvForValues;
  const validate = ajv.compile(inHolder(schema));
  if (validate(holder)) return { value: holder.value };
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf');
  const deep = errors.filter(({ instancePath }) => instancePath !== '/value');
  if (deep.length === 0)
    return { faults: [{ where: layer.where([name]), message: `${name} must be ${expected}, not ${show(given)}` }] };
  return { faults: deep.map((error) => deepFault(error, name, expected, layer)) };
}

/** A list may be written as one text, set off by commas. */
function listOf(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
}

function deepFault(error: ErrorObject, name: string, expected: string, layer: Layer): ConfigFault {
  const steps = error.instancePath
    .split('/')
    .slice(2)
    .map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  const path = extra === undefined ? [name, ...steps] : [name, ...steps, extra];
  const allowed = (error.params as { allowedValues?: string[] }).allowedValues;
  const problem =
    extra !== undefined
      ? 'is not known'
      : allowed !== undefined
        ? `must be ${oneOf(allowed)}`
        : error.keyword === 'pattern'
          ? `must be one of ${expected}, not ${show(error.data)}`
          : (error.message ?? error.keyword);
  return { where: layer.where(path), message: `${path.join('.')} ${problem}` };
}

const UNITS = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/** The settings that are sizes, in bytes. */
function sizesOf(
  merged: Readonly<Record<string, unknown>>,
  faults: ConfigFault[],
  fault: LoadedConfig['fault'],
): Readonly<Record<string, number>> {
  const sizes = SETTING_NAMES.filter((name) => SETTINGS[name].kind === 'size');
  return Object.fromEntries(
    sizes.map((name) => {
      const bytes = bytesOf(merged[name]);
      const { most = Infinity } = SETTINGS[name];
      if (bytes > most)
        faults.push(fault([name], `${name} must be at most ${String(most / UNITS.mb)}mb, not ${show(merged[name])}`));
      return [name, bytes];
    }),
  );
}

function bytesOf(size: unknown): number {
  if (typeof size === 'number') return size;
  const [, digits, unit] = /^([0-9]+)(b|kb|mb|gb)?$/.exec(String(size)) ?? [];
  return Number(digits) * UNITS[(unit ?? '') as keyof typeof UNITS];
}

/** Without slashes at its end. */
function publicUrlOf(address: unknown, faults: ConfigFault[], fault: LoadedConfig['fault']): string | undefined {
  if (typeof address !== 'string') return undefined;
  if (!URL.canParse(address))
    faults.push(fault(['publicUrl'], `publicUrl must be ${SETTINGS.publicUrl.expected}, not ${show(address)}`));
  return address.replace(/\/+$/, '');
}

/** So many draws must give at least two different ids, or the form cannot be generated. */
const DRAWS = 50;

function readyIds(form: ConversationIdForm, faults: ConfigFault[], fault: LoadedConfig['fault']): ConversationIds | undefined {
  let ids: ConversationIds;
  try {
    ids = conversationIds(form);
  } catch (error) {
    faults.push(
      fault(['conversationId', 'pattern'], `conversationId.pattern is no regular expression: ${(error as Error).message}`),
    );
    return undefined;
  }
  if (ids.read(ids.example) === undefined) {
    faults.push(
      fault(
        ['conversationId', 'example'],
        `conversationId.example ${show(ids.example)} does not match conversationId.pattern as a whole`,
      ),
    );
    return undefined;
  }
  const made = new Set<string>();
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const id = ids.make(Buffer.alloc(32, Math.imul(draw + 1, 97) & 0xff));
    if (id !== undefined) made.add(id);
  }
  if (made.size > 1) return ids;
  faults.push(
    fault(
      ['conversationId', 'example'],
      'no ids like conversationId.example can be generated: give an example with letters or digits that may vary',
    ),
  );
  return undefined;
}
