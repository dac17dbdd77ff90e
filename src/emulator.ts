/** The composition root: from settings to contract, state, traces and platform, and from those to HTTP. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { LoadedConfig } from './config.js';
import { loadContract } from './contract/load.js';
import { createMatcher } from './contract/match.js';
import { createValidators } from './contract/validators.js';
import { explainOperation } from './control/explain.js';
import { controlOperations } from './control/operations.js';
import { createApp, createHttpServer } from './http/server.js';
import { type Clock, createPipeline, type Pipeline, type Services } from './pipeline/index.js';
import { DEFAULT_TENANT } from './pipeline/target.js';
import { attributeOperations } from './platform/attributes.js';
import { conversationOperations } from './platform/conversations.js';
import { readySeeds } from './seeds.js';
import { memoryStore } from './state/memory.js';
import { type RandomSource, randomSource } from './state/random.js';
import { type TraceFilter, type TraceListener, TraceLog } from './trace/log.js';
import type { Trace } from './trace/trace.js';
import { VERSION } from './version.js';

/** What a program may exchange, beside the settings. */
export interface EmulatorParts {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Whether to take a port. Default: true. */
  readonly listen?: boolean;
  /** Called with what the emulator itself did wrong. Default: console.error. */
  readonly onBug?: (error: unknown, traceId: string) => void;
}

/** A running emulator. */
export interface Emulator {
  /** Where it listens, without a slash at the end. Throws where it does not listen. */
  readonly url: string;
  /** For supertest, or for mounting into another server. */
  readonly app: RequestListener;
  /** Traces of a tenant, newest first. */
  traces(filter?: TraceFilter & { readonly tenant?: string }): readonly Trace[];
  /** Calls back with every trace from now on, those of the control API too; the answer stops it. */
  onTrace(listener: TraceListener): () => void;
  /** Puts a tenant back to what the config seeds, traces included. */
  reset(tenant?: string): Promise<void>;
  /** Answers what is in flight, within 800 ms, and stops. */
  close(): Promise<void>;
}

const MACHINE_CLOCK: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** In milliseconds: Ctrl-C shall stop within a second. */
const PATIENCE = 800;

/** Throws ConfigFaults, FileFaults for a bad contract, or Node's error where the port is taken. */
export async function startEmulator(config: LoadedConfig, parts: EmulatorParts = {}): Promise<Emulator> {
  const { settings, conversationIds } = config;
  const clock = parts.clock ?? MACHINE_CLOCK;
  const contract = await loadContract(VERSION);
  const traces = new TraceLog();
  const onBug = parts.onBug ?? reportBug;
  const startedAt = new Date(clock.now()).toISOString();
  const store = memoryStore({
    seeds: { skills: settings.skills, conversations: await readySeeds(config) },
    conversationIds,
    seededAt: startedAt,
    random: tenantRandom(settings.seed),
  });
  let pipeline: Pipeline | undefined = undefined;
  const started = (): Pipeline => {
    if (pipeline === undefined) throw new Error('The pipeline is not there yet.');
    return pipeline;
  };
  const services: Services = {
    contract,
    matcher: createMatcher(contract),
    validators: createValidators(),
    operations: {
      ...conversationOperations({ conversationIds, unknownConversations: settings.unknownConversations }),
      ...attributeOperations(),
      ...controlOperations({ version: VERSION, startedAt, contract, traces, conversationIds }),
      explainRequest: explainOperation(started, '/_emulator'),
    },
    store,
    traces,
    clock,
    conversationIds,
    nextTraceId: traceIds(settings.seed),
    onBug,
    settings: { ...settings, checkReplies: process.env.NODE_ENV !== 'production' },
  };
  requireEveryOperation(services);
  pipeline = createPipeline(services);

  const server = parts.listen === false ? undefined : createHttpServer(pipeline, settings);
  const address = await server?.listen();
  return {
    app: createApp(pipeline),
    get url() {
      if (address === undefined)
        throw new Error('This emulator does not listen (listen: false): give its app to supertest instead.');
      return `http://${address.family === 'IPv6' ? `[${readable(address.address)}]` : readable(address.address)}:${String(address.port)}`;
    },
    traces: ({ tenant = DEFAULT_TENANT, ...filter } = {}) => traces.list(tenant, filter).items,
    onTrace: (listener) => traces.subscribe(guarded(listener, onBug)),
    async reset(tenant = DEFAULT_TENANT) {
      await store.run(tenant, (state) => {
        state.reset();
      });
      traces.clear(tenant);
    },
    async close() {
      await server?.close(PATIENCE);
      await store.close();
    },
  };
}

/** With a seed every tenant draws the same ids in every run and after every reset; without one, new ones. */
function tenantRandom(seed: string | undefined): (tenant: string, resets: number) => RandomSource {
  const run = randomBytes(16).toString('hex');
  return (tenant, resets) => randomSource(seed === undefined ? `${run}/${tenant}/${String(resets)}` : `${seed}/${tenant}`);
}

/** `5f2c81d0-1`, `5f2c81d0-2`, …: unique over restarts, and apart from the chance that ids are made of. */
function traceIds(seed: string | undefined): () => string {
  const run = (seed === undefined ? randomBytes(4) : randomSource(`${seed}/traces`)('trace', 0).subarray(0, 4)).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${String(count)}`;
  };
}

/** A wildcard address is no address to send to. */
function readable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

/** A listener that throws must not cost a caller its answer. */
function guarded(listener: TraceListener, onBug: Services['onBug']): TraceListener {
  return (trace, kind) => {
    try {
      listener(trace, kind);
    } catch (error) {
      onBug(error, trace.traceId);
    }
  };
}

function requireEveryOperation({ contract, operations }: Services): void {
  const missing = [...contract.operations.keys()].filter((operationId) => !Object.hasOwn(operations, operationId));
  const extra = Object.keys(operations).filter((operationId) => !contract.operations.has(operationId));
  if (missing.length + extra.length > 0)
    throw new Error(
      `Contract and operations differ: without code ${missing.join(', ') || 'none'}; without contract ${extra.join(', ') || 'none'}.`,
    );
}

function reportBug(error: unknown, traceId: string): void {
  console.error(`cxone-emulator: a bug of the emulator, trace ${traceId}`, error);
}
