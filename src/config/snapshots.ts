/** The file that holds the state of all tenants: read at start (`import`), written whole or not at all at the end (`exportOnExit`). */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ConfigFault, ConfigFaults, type LoadedConfig } from './load-config.js';
import type { Contract } from '../openapi/contract.js';
import { diagnoseJson } from '../openapi/json-syntax.js';
import type { Validators } from '../openapi/validators.js';
import { requireCoherent } from '../control/coherent-state.js';
import { DEFAULT_TENANT, isTenantName } from '../pipeline/target.js';
import { Rejection } from '../errors/catalogue.js';
import { kindOf, show } from '../shared/format.js';
import type { Store, TenantSnapshot } from '../cxone/store/store.js';
import { requireWritable, writeWholeFile } from '../shared/atomic-write.js';

/** So many faults of a file are told. */
const MOST_TOLD = 20;
/** In characters: of a larger file faults are told by JSON Pointer alone, because finding their lines takes too long. */
const LONGEST_SEARCHED = 4_000_000;

/** Puts the file's tenants into the store. Throws ConfigFaults where it cannot be used. */
export async function importSnapshots(
  config: LoadedConfig,
  { contract, validators }: { readonly contract: Contract; readonly validators: Validators },
  store: Store,
): Promise<void> {
  const { import: path, exportOnExit, maxConversations, maxTenants } = config.settings;
  if (path === undefined) return;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The first start of an emulator that goes on from where it ended.
    if (code === 'ENOENT' && exportOnExit !== undefined && resolve(path) === resolve(exportOnExit)) return;
    throw new ConfigFaults([config.fault(['import'], `the state cannot be read: ${message}`)]);
  }
  const faults = new Faults(path, text);
  const tenants = tenantsIn(text, faults);
  const operation = contract.operations.get('importState');
  for (const { name, steps, snapshot } of tenants) {
    if (!isTenantName(name)) faults.add(steps, 'a tenant’s name has 1 to 64 of a-z, 0-9 and -');
    const errors = operation === undefined ? [] : validators.body(operation, snapshot);
    for (const { instancePath, message = '', params } of errors.slice(0, MOST_TOLD)) {
      const extra = (params as { additionalProperty?: string }).additionalProperty;
      faults.add([...steps, ...stepsOf(instancePath)], `${message}${extra === undefined ? '' : `: ${show(extra)}`}`);
    }
    if (errors.length > 0) continue;
    try {
      requireCoherent(snapshot as TenantSnapshot, config.conversationIds, maxConversations);
    } catch (problem) {
      if (!(problem instanceof Rejection)) throw problem;
      const { pointer, expected, received } = problem.cause;
      faults.add([...steps, ...stepsOf(pointer ?? '')], `expected ${expected}, not ${received}`);
    }
  }
  if (tenants.length > maxTenants)
    faults.add([], `at most ${String(maxTenants)} tenants (--max-tenants), not ${String(tenants.length)}`);
  await faults.throwIfAny();
  for (const { name, snapshot } of tenants)
    await store.run(name, (state) => {
      state.import(snapshot as TenantSnapshot);
    });
  for (const { name, steps, snapshot } of tenants) {
    const { conversations: before = 0 } = (snapshot as TenantSnapshot).dropped ?? {};
    const lost = await store.run(name, (state) => state.startedOver || state.dropped !== before);
    if (lost) faults.add(steps, 'there is no room for it all (--max-conversations, --max-state-bytes)');
  }
  await faults.throwIfAny();
}

interface TenantInFile {
  readonly name: string;
  /** Where it stands in the file. */
  readonly steps: readonly string[];
  readonly snapshot: unknown;
}

/** `{version, tenants}` as it is exported, or one tenant as `GET /_emulator/state` gives it, which says its name. */
function tenantsIn(text: string, faults: Faults): TenantInFile[] {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    const fault = diagnoseJson(text);
    faults.addAt(
      fault?.line ?? 1,
      fault?.column ?? 1,
      fault === undefined ? (error as Error).message : `expected ${fault.expected}, not ${fault.received}`,
    );
    return [];
  }
  if (!isObject(value)) {
    faults.add([], `the file must hold {version, tenants}, not ${kindOf(value)}`);
    return [];
  }
  if (!Object.hasOwn(value, 'tenants')) {
    const name = isObject(value.tenant) && typeof value.tenant.name === 'string' ? value.tenant.name : DEFAULT_TENANT;
    return [{ name, steps: [], snapshot: value }];
  }
  const { version, tenants, ...others } = value;
  if (version !== 1) faults.add(['version'], `version must be 1, not ${show(version)}`);
  for (const name of Object.keys(others)) faults.add([name], `${show(name)} is not known: there are version and tenants`);
  if (isObject(tenants)) return Object.entries(tenants).map(([name, snapshot]) => ({ name, steps: ['tenants', name], snapshot }));
  faults.add(['tenants'], `tenants must be an object of states by tenant, not ${kindOf(tenants)}`);
  return [];
}

/** What is wrong in the file, with its line and column. */
class Faults {
  readonly #path: string;
  readonly #text: string;
  readonly #found: { readonly steps: readonly string[]; readonly message: string }[] = [];
  readonly #placed: ConfigFault[] = [];

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  add(steps: readonly string[], message: string): void {
    this.#found.push({ steps, message });
  }

  addAt(line: number, column: number, message: string): void {
    this.#placed.push({ where: `${this.#path}:${String(line)}:${String(column)}`, message });
  }

  async throwIfAny(): Promise<void> {
    if (this.#found.length + this.#placed.length === 0) return;
    const whole = this.#text.length <= LONGEST_SEARCHED;
    const file =
      whole && this.#found.length > 0 ? (await import('../shared/yaml-file.js')).readYaml(this.#path, this.#text) : undefined;
    for (const { steps, message } of this.#found.slice(0, MOST_TOLD)) {
      const told = steps.length === 0 ? message : `/${steps.join('/')} ${message}`;
      const place = file?.fault(steps, told);
      if (place === undefined) this.#placed.push({ where: this.#path, message: told });
      else this.addAt(place.line, place.column, told);
    }
    throw new ConfigFaults(this.#placed);
  }
}

/** Throws ConfigFaults where the file could not be written at the end. */
export function requireExportable(config: LoadedConfig): void {
  const path = config.settings.exportOnExit;
  if (path === undefined) return;
  try {
    requireWritable(path);
  } catch (error) {
    throw new ConfigFaults([config.fault(['exportOnExit'], `the state cannot be exported: ${(error as Error).message}`)]);
  }
}

/** Writes every tenant that was written to, whole or not at all. Rejects where that fails. */
export async function exportSnapshots(path: string, store: Store): Promise<void> {
  const names = (await store.tenants()).toSorted();
  try {
    await writeWholeFile(path, async (put) => {
      put('{"version":1,"tenants":{');
      for (const [index, name] of names.entries()) {
        const snapshot = await store.run(name, (state) => state.export());
        put(`${index === 0 ? '' : ','}\n${JSON.stringify(name)}:${JSON.stringify(snapshot)}`);
      }
      put('\n}}\n');
    });
  } catch (error) {
    throw new Error(
      `the state could not be exported to ${path}: ${(error as Error).message}. What stood there before stands there still`,
      {
        cause: error,
      },
    );
  }
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
