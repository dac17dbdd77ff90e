/** The composition root: from the settings to an emulator that answers. */
import type { RequestListener } from 'node:http';
import { type Interceptor, intercept } from '../http/interceptor.js';
import { traceIds } from '../cxone/id-sources.js';
import type { LoadedConfig } from '../config/load-config.js';
import { createHttp, type Http } from '../http/server.js';
import { type Tenant, tenantMethods, tenantOf, type TenantParts } from '../control/tenant-client.js';
import { openTraceFile } from '../config/trace-file.js';
import { createPipeline, type Pipeline } from '../pipeline/index.js';
import { DEFAULT_TENANT } from '../pipeline/target.js';
import { scriptToken } from '../cxone/auth.js';
import type { Clock } from '../cxone/clock.js';
import type { TokenUse } from '../cxone/token-verifier.js';
import type { Settings } from '../config/settings.js';
import { exportSnapshots, importSnapshots, requireExportable } from '../config/snapshots.js';
import type { TraceFile } from '../trace/file.js';
import type { TraceFilter } from '../trace/filter.js';
import type { TraceListener } from '../trace/log.js';
import type { Trace } from '../trace/trace.js';
import { type Base, createBase } from './base.js';
import { compose } from './compose.js';
import { type Reloaded, reloadConfig } from './reload.js';
import { createSandbox, offerQueued, resetTenant, type Sandbox, type SandboxParts } from './sandbox.js';
import type { Composition } from './composition.js';

/** What a program may exchange, beside the settings. */
export interface EmulatorParts {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Whether to take a port. Default: true. */
  readonly listen?: boolean;
  /** Called with what a person should know, such as a trace file that cannot be written. Default: console.error. */
  readonly onNote?: (message: string) => void;
  /** Runs in front of the pipeline. Default: none. */
  readonly interceptor?: Interceptor;
  /** Called with what the emulator itself did wrong. Default: console.error. */
  readonly onBug?: (error: unknown, traceId: string) => void;
}

/** A running emulator; what it has of a tenant is the default one's. */
export interface Emulator extends Omit<Tenant, 'name' | 'prefix'> {
  /** Where it listens, without a slash at the end. Throws where it does not listen. */
  readonly url: string;
  /** For supertest, or for mounting into another server. */
  readonly app: RequestListener;
  /** As they hold now. */
  readonly settings: Settings;
  /** Traces of a tenant, newest first. */
  traces(filter?: TraceFilter & { readonly tenant?: string }): readonly Trace[];
  /** One trace, of whichever tenant; undefined where it is not kept. */
  trace(traceId: string): Trace | undefined;
  /** Calls back with every trace from now on, those of the control API too; the answer stops it. */
  onTrace(listener: TraceListener): () => void;
  /**
   * Reads the config file again. Rejects with ConfigFaults where it cannot be used, and all stays as it was. Skills and
   * conversations are there after the next reset of a tenant.
   */
  reload(): Promise<Reloaded>;
  /** How many Studio scripts are loaded, and the webhooks that they listen at, such as `POST /webhooks/handover`. */
  scripts(): { readonly count: number; readonly webhooks: readonly string[] };
  /** One of its tenants, which is made on first use. Throws where the name is none: 1 to 64 of a-z, 0-9 and -. */
  tenant(name: string): Tenant;
  /** Puts a tenant back to what the config seeds, traces included. */
  reset(tenant?: string): Promise<void>;
  /** Answers what is in flight, within 800 ms, and stops. Rejects where the state could not be exported. */
  close(): Promise<void>;
}

/** Throws ConfigFaults, FileFaults for a bad contract, or Node's error if the port is taken. */
export async function startEmulator(config: LoadedConfig, parts: EmulatorParts = {}): Promise<Emulator> {
  const base = await createBase(config, parts);
  const core = await createCore(config, base, parts.onNote ?? console.error);
  await importSnapshots(config, base, core.sandbox.store);
  requireExportable(config);
  const traceFile = writeTraceFile(config, core);
  for (const tenant of new Set([DEFAULT_TENANT, ...(await core.sandbox.store.tenants())]))
    await offerQueued(core.sandbox, tenant);
  const http = createHttp(intercepted(core, parts.interceptor), () => core.current().config.settings, core.note);
  if (parts.listen !== false) await listen(http, base, traceFile);
  return emulatorOf(core, http, stopper(config, core, http, traceFile));
}

/** All but the transport. */
interface Core {
  readonly base: Base;
  readonly sandbox: Sandbox;
  readonly pipeline: Pipeline;
  /** As the config file has it now. */
  readonly current: () => Composition;
  readonly reload: () => Promise<Reloaded>;
  /** Says something to a person. */
  readonly note: (message: string) => void;
}

async function createCore(config: LoadedConfig, base: Base, note: (message: string) => void): Promise<Core> {
  const current = (): Composition => composition;
  const newSandbox = (parts: SandboxParts): Sandbox => createSandbox(base, current, parts);
  const pipeline = createPipeline(() => composition.services);
  const sandbox = newSandbox({
    nextTraceId: traceIds(base.seed),
    frozenAt: base.frozenAt,
    pipeline: () => pipeline,
    studio: () => composition.services.studio,
  });
  const composeParts = { base, sandbox, newSandbox };
  let composition = await compose(config, composeParts);
  composition.notes.forEach(note);

  let reloading: Promise<unknown> = Promise.resolve();
  async function reload(): Promise<Reloaded> {
    const { config: next, changed, kept } = await reloadConfig(composition.config);
    const known = composition.notes;
    composition = await compose(next, composeParts);
    composition.notes.filter((text) => !known.includes(text)).forEach(note);
    return { changed, kept };
  }
  return {
    base,
    sandbox,
    pipeline,
    current,
    note,
    reload() {
      const done = reloading.then(reload);
      reloading = done.catch(() => undefined);
      return done;
    },
  };
}

function writeTraceFile(config: LoadedConfig, { sandbox, base, current, note }: Core): TraceFile | undefined {
  const file = openTraceFile(config, () => current().config.settings.traceFileSize, note);
  if (file === undefined) return undefined;
  const write: TraceListener = (trace) => {
    file.add(trace);
  };
  sandbox.traces.subscribe(guarded(write, base.onBug));
  return file;
}

function intercepted(core: Core, interceptor: Interceptor | undefined): Pick<Pipeline, 'handle'> {
  if (interceptor === undefined) return core.pipeline;
  return intercept(interceptor, core.pipeline, {
    services: () => core.current().services,
    token: (tenant, use) => issueToken(core, tenant, use),
  });
}

async function listen(http: Http, { address }: Base, traceFile: TraceFile | undefined): Promise<void> {
  try {
    address.set(await http.listen());
  } catch (error) {
    traceFile?.close();
    throw error;
  }
}

/** In milliseconds: Ctrl-C shall stop within a second. After half of it, scripts that still run break off and answer. */
const CLOSE_TIMEOUT = 800;

const CLOSED = 'the emulator closed';

/** Returns what stops the emulator, however often it is called. */
function stopper(
  config: LoadedConfig,
  { base, sandbox }: Core,
  http: Http,
  traceFile: TraceFile | undefined,
): () => Promise<void> {
  const { store, runs, clocks } = sandbox;
  const { exportOnExit } = config.settings;
  async function stop(): Promise<void> {
    base.pendingVerifications.close();
    const breakOff = setTimeout(() => void runs.stop(CLOSED), CLOSE_TIMEOUT / 2);
    await http.close(CLOSE_TIMEOUT);
    clearTimeout(breakOff);
    await runs.stop(CLOSED);
    clocks.close();
    try {
      if (exportOnExit !== undefined) await exportSnapshots(exportOnExit, store);
    } finally {
      await store.close();
      traceFile?.close();
    }
  }
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop());
}

function issueToken({ base, sandbox, current }: Core, tenant: string, use?: TokenUse): Promise<string> {
  const { services, config } = current();
  const { tokens } = services;
  const baseUrl = base.address.urlOrLocalhost + (tenant === DEFAULT_TENANT ? '' : `/t/${tenant}`);
  const now = new Date(sandbox.clocks.now(tenant)).toISOString();
  return scriptToken({ ...config.settings, tokens }, { tenant, baseUrl, now }, sandbox.store, use);
}

function emulatorOf(core: Core, http: Http, close: () => Promise<void>): Emulator {
  const { base, sandbox, pipeline, current } = core;
  const { traces } = sandbox;
  const operationIds = (): string[] =>
    Object.keys(current().services.operations).filter((id) => base.contract.operations.get(id)?.family.name !== 'control');
  const reset = (tenant = DEFAULT_TENANT): Promise<void> => resetTenant(sandbox, tenant);
  const parts: TenantParts = {
    ...sandbox,
    pipeline,
    url: () => base.address.url,
    token: (tenant) => issueToken(core, tenant),
    reset,
    operationIds,
  };
  return {
    ...tenantMethods(DEFAULT_TENANT, parts),
    app: http.app,
    get url() {
      return base.address.url;
    },
    get settings() {
      return current().config.settings;
    },
    tenant: (name) => tenantOf(name, parts),
    scripts() {
      const { count, webhooks } = current().services.studio;
      return { count, webhooks };
    },
    traces: ({ tenant = DEFAULT_TENANT, ...filter } = {}) => traces.list(tenant, filter).items,
    trace: (traceId) => traces.find(traceId),
    onTrace: (listener) => traces.subscribe(guarded(listener, base.onBug)),
    reload: core.reload,
    reset,
    close,
  };
}

/** A listener that throws must not cost a caller its answer. */
function guarded(listener: TraceListener, onBug: Base['onBug']): TraceListener {
  return (trace, kind, again) => {
    try {
      listener(trace, kind, again);
    } catch (error) {
      onBug(error, trace.traceId);
    }
  };
}
