/** The composition root: from settings to contract, state, traces and platform, and from those to HTTP. */
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { addressOf } from './address.js';
import { type Around, putAround } from './around.js';
import { faultRandom, tenantRandom, traceIds } from './chance.js';
import { loadConfig, type LoadedConfig } from './config.js';
import { botContracts } from './contract/bots.js';
import type { ContractOperation } from './contract/contract.js';
import { loadContract } from './contract/load.js';
import { createMatcher } from './contract/match.js';
import { createValidators } from './contract/validators.js';
import { WEBHOOK_PREFIX, webhookOperation } from './contract/webhook.js';
import { explainOperation } from './control/explain.js';
import { controlOperations } from './control/operations.js';
import { Waiting } from './control/verification/operations.js';
import { requireErrorBodies } from './error-bodies.js';
import { createHttp } from './http/server.js';
import { type Tenant, tenantOf } from './library.js';
import { createPipeline, type Services } from './pipeline/index.js';
import { type Clock, Clocks } from './platform/clock.js';
import { createDesk } from './platform/desk.js';
import { Faults } from './platform/faults.js';
import { Activity } from './platform/studio.js';
import { DEFAULT_TENANT } from './pipeline/target.js';
import { attributeOperations } from './platform/attributes.js';
import { authOperations, scriptToken } from './platform/auth.js';
import type { TokenUse } from './platform/token-key.js';
import { conversationOperations } from './platform/conversations.js';
import { interactionOperations } from './platform/interactions.js';
import { knowledgeOperations } from './platform/knowledge.js';
import { skillOperations } from './platform/skills.js';
import { transcriptOperations } from './platform/transcripts.js';
import { webhookOperations } from './platform/webhooks.js';
import { forgetIn, type Inside, rehearse, type World } from './rehearsal.js';
import { readScripts } from './script-folder.js';
import { environmentInTraces, studioParts } from './script-host.js';
import { readySeeds } from './seeds.js';
import { SETTING_NAMES, type Settings, SETTINGS } from './settings.js';
import { exportSnapshots, importSnapshots, requireExportable } from './snapshot-file.js';
import { memoryStore, type MemoryStoreMaterial } from './state/memory.js';
import { createBots } from './studio/bots/bots.js';
import { LiveRuns } from './studio/live-runs.js';
import { hostRules } from './studio/rest/hosts.js';
import { outsideCaller } from './studio/rest/outside-call.js';
import { createStudio } from './studio/studio.js';
import { createRedactor } from './trace/customer-data.js';
import { openTraceFile } from './open-trace-file.js';
import type { TraceFilter } from './trace/filter.js';
import { type TraceBounds, type TraceListener, TraceLog } from './trace/log.js';
import type { Trace } from './trace/trace.js';
import { readTokenKey } from './token-key-file.js';
import { VERSION } from './version.js';
import { connect, readStandIns, readyAgents } from './virtual-agents.js';
import type { OutsideCaller } from './studio/rest/types.js';

/** What a program may exchange, beside the settings. */
export interface EmulatorParts {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Whether to take a port. Default: true. */
  readonly listen?: boolean;
  /** Called with what a person should know, such as a trace file that cannot be written. Default: console.error. */
  readonly onNote?: (message: string) => void;
  /** Puts something around the pipeline that sees every message of a caller, and answers it. Default: nothing. */
  readonly around?: Around;
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

/** What a reload did, by the names of settings. */
export interface Reloaded {
  readonly changed: readonly (keyof Settings)[];
  /** What the file says otherwise, and only the next start takes up. */
  readonly kept: readonly (keyof Settings)[];
}

const MACHINE_CLOCK: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** In milliseconds: Ctrl-C shall stop within a second. After half of it, scripts that still run break off and answer. */
const PATIENCE = 800;

const CLOSED = 'the emulator closed';

/** Throws ConfigFaults, FileFaults for a bad contract, or Node's error where the port is taken. */
export async function startEmulator(started: LoadedConfig, parts: EmulatorParts = {}): Promise<Emulator> {
  const onBug = parts.onBug ?? reportBug;
  const contract = await loadContract(VERSION);
  const webhookFamily = contract.familyOf(WEBHOOK_PREFIX);
  const machine = parts.clock ?? MACHINE_CLOCK;
  const startedAt = new Date(machine.now()).toISOString();
  const random = tenantRandom(started.settings.seed);
  const waiting = new Waiting();
  const newWorld = (nextTraceId: () => string, inside: Inside, standsAt: number | undefined): World => {
    const itsStore = memoryStore(() => current.material);
    const itsClocks = new Clocks(machine, standsAt, () => current.config.settings.maxTenants);
    return {
      store: itsStore,
      traces: new TraceLog(() => current.traceBounds),
      runs: new LiveRuns(() => current.config.settings.maxRuns),
      faults: new Faults(faultRandom(started.settings.seed)),
      clocks: itsClocks,
      desk: createDesk({
        store: itsStore,
        clocks: itsClocks,
        ended: (tenant, conversationId, activity) => {
          inside.studio().ended(tenant, conversationId, activity);
        },
        onBug: (error) => {
          onBug(error, 'none: at the desk');
        },
      }),
      nextTraceId,
      pipeline: inside.pipeline,
    };
  };
  const { seed, frozenAt } = started.settings;
  const inside: Inside = { pipeline: () => pipeline, studio: () => current.services.studio };
  const world = newWorld(traceIds(seed), inside, frozenAt === undefined ? undefined : Date.parse(frozenAt));
  const { store, runs, traces, faults, clocks, desk } = world;
  const seededAt = new Date(clocks.now(DEFAULT_TENANT)).toISOString();
  const router = createMatcher(contract);
  const ownUrl = (): string => (address === undefined ? 'http://localhost' : addressOf(address.address, address.port));
  const pipeline = createPipeline(() => current.services);

  /** All that follows from the config file; throws ConfigFaults, and nothing has changed then. */
  async function compose(config: LoadedConfig): Promise<Composition> {
    const { settings, conversationIds } = config;
    requireErrorBodies(config, contract);
    const { skills, agents, hours } = settings;
    const seeds = { skills, agents, hours, conversations: await readySeeds(config) };
    const tokens = await readTokenKey(config);
    const { scripts, notes: slips } = await readScripts(config, router);
    const webhooks = [...scripts.values()].flatMap(({ name, trigger }) =>
      trigger?.kind === 'webhook' ? [webhookOperation({ ...trigger, script: name }, webhookFamily)] : [],
    );
    const matcher = webhooks.length === 0 ? router : createMatcher(contract, webhooks);
    const validators = createValidators();
    const redactor = createRedactor(settings.redact);
    const { agents: virtualAgents, secrets } = readyAgents(config);
    const standIns = await readStandIns(virtualAgents, config, () => botContracts(contract, validators));
    const { hideSecrets, notes: shown } = environmentInTraces(settings, secrets);
    const outside = outsideCaller(hostRules(settings.scriptHosts));

    /** The services over a world; another one than the real is for a rehearsal. */
    const servicesIn = (place: World, caller: OutsideCaller): Services => {
      const host = { settings: { ...settings, tokens }, clocks: place.clocks, ownUrl, onBug, store: place.store };
      const bots = createBots(connect(virtualAgents, standIns, caller === outside ? undefined : caller), {
        version: VERSION,
        ...botContracts(contract, validators),
        monotonic: () => machine.monotonic(),
      });
      const studio = createStudio(scripts, place.runs, {
        ...studioParts({ ...host, pipeline: place.pipeline, outside: caller, bots, traceOf: (id) => place.traces.find(id) }),
        desk: place.desk,
        real: place === world ? undefined : runs,
        rehearsal: (tenant, state) => rehearse(tenant, { state, now: clocks.now(tenant) }, newWorld, servicesIn),
      });
      return {
        contract,
        matcher,
        validators,
        studio,
        operations: {
          ...conversationOperations({ conversationIds, unknownConversations: settings.unknownConversations, studio }),
          ...attributeOperations(),
          ...authOperations({ ...settings, tokens }),
          ...interactionOperations({ signalStatus: settings.signalStatus, studio }),
          ...skillOperations(),
          ...transcriptOperations(),
          ...knowledgeOperations(settings.knowledge),
          ...controlOperations({
            ...settings,
            version: VERSION,
            startedAt,
            contract,
            traces: place.traces,
            conversationIds,
            studio,
            waiting,
            clocks: place.clocks,
            faults: place.faults,
            matcher,
            forget(tenant) {
              forgetIn(place, tenant);
            },
            webhooks: webhooks.map(({ operationId }) => operationId),
          }),
          explainRequest: explainOperation(place.pipeline),
          ...webhookOperations(webhooks, studio),
        },
        tokens,
        store: place.store,
        traces: place.traces,
        clocks: place.clocks,
        faults: place.faults,
        nextTraceId: place.nextTraceId,
        onBug,
        ownUrl,
        conversationIds,
        redactor,
        hideSecrets,
        settings: { ...settings, checkReplies: process.env.NODE_ENV !== 'production' },
      };
    };
    const services = servicesIn(world, outside);
    requireEveryOperation(services, webhooks);
    const { maxTenants, maxConversations, maxStateBytes, maxTraces, maxTraceBytes } = settings;
    const bounds = { tenants: maxTenants, conversations: maxConversations, bytes: maxStateBytes };
    const material = { seeds, conversationIds, seededAt, random, bounds };
    return { config, services, material, notes: [...slips, ...shown], traceBounds: { count: maxTraces, bytes: maxTraceBytes } };
  }

  const tell = parts.onNote ?? console.error;
  let current = await compose(started);
  for (const note of current.notes) tell(note);
  await importSnapshots(started, contract, store);
  requireExportable(started);
  const traceFile = openTraceFile(started, () => current.config.settings.traceFileSize, tell);
  if (traceFile !== undefined) {
    const write: TraceListener = (trace) => {
      traceFile.add(trace);
    };
    traces.subscribe(guarded(write, onBug));
  }
  for (const name of new Set([DEFAULT_TENANT, ...(await store.tenants())])) await lookAtDesk(name);
  let address: AddressInfo | undefined = undefined;
  const within = { services: () => current.services, token: (name: string, use?: TokenUse) => token(name, use) };
  const outer = parts.around === undefined ? pipeline : putAround(parts.around, pipeline, within);
  const front = createHttp(outer, () => current.config.settings, tell);
  try {
    if (parts.listen !== false) address = await front.listen();
  } catch (error) {
    traceFile?.close();
    throw error;
  }

  async function reload(): Promise<Reloaded> {
    const before = current.config.settings;
    const { config, kept } = keepingWhatHoldsAtStart(await loadConfig(current.config.sources), before);
    const known = current.notes;
    current = await compose(config);
    for (const note of current.notes) if (!known.includes(note)) tell(note);
    const changed = SETTING_NAMES.filter((name) => !isDeepStrictEqual(before[name], config.settings[name]));
    return { changed, kept };
  }

  async function close(): Promise<void> {
    waiting.close();
    const enough = setTimeout(() => void runs.stop(CLOSED), PATIENCE / 2);
    await front.close(PATIENCE);
    clearTimeout(enough);
    await runs.stop(CLOSED);
    clocks.close();
    const { exportOnExit } = started.settings;
    try {
      if (exportOnExit !== undefined) await exportSnapshots(exportOnExit, store);
    } finally {
      await store.close();
      traceFile?.close();
    }
  }

  const url = (): string => {
    if (address === undefined)
      throw new Error('This emulator does not listen (listen: false): give its app to supertest instead.');
    return addressOf(address.address, address.port);
  };
  async function reset(tenant = DEFAULT_TENANT): Promise<void> {
    await store.run(tenant, (state) => {
      state.reset();
    });
    for (const run of runs.of(tenant)) run.stop('the tenant was reset');
    forgetIn(world, tenant);
    await lookAtDesk(tenant);
  }

  /** Who waits from the start, or in a state that was imported, has not been queued before anybody's eyes. */
  async function lookAtDesk(tenant: string): Promise<void> {
    const activity = new Activity();
    desk.take(tenant, [{ kind: 'exchanged' }], activity);
    await activity.quiet();
  }
  const token = (name: string, use?: TokenUse): Promise<string> => {
    const { tokens } = current.services;
    const baseUrl = ownUrl() + (name === DEFAULT_TENANT ? '' : `/t/${name}`);
    const place = { tenant: name, baseUrl, now: new Date(clocks.now(name)).toISOString() };
    return scriptToken({ ...current.config.settings, tokens }, place, store, use);
  };
  const operationIds = (): string[] =>
    Object.keys(current.services.operations).filter((id) => contract.operations.get(id)?.family.name !== 'control');
  const tenant = (name: string): Tenant =>
    tenantOf(name, { pipeline, store, traces, clocks, faults, url, token, reset, operationIds });
  const own = tenant(DEFAULT_TENANT);

  let closed: Promise<void> | undefined;
  let reloading: Promise<unknown> = Promise.resolve();
  return {
    app: front.app,
    get url() {
      return url();
    },
    tenant,
    openConversation: (conversation) => own.openConversation(conversation),
    sayAsCustomer: (conversationId, text) => own.sayAsCustomer(conversationId, text),
    leaveAsCustomer: (conversationId) => own.leaveAsCustomer(conversationId),
    conversation: (conversationId) => own.conversation(conversationId),
    requests: (filter) => own.requests(filter),
    verify: (expectations) => own.verify(expectations),
    check: (expectations) => own.check(expectations),
    droppedRequests: () => own.droppedRequests(),
    state: () => own.state(),
    importState: (snapshot) => own.importState(snapshot),
    clock: () => own.clock(),
    setClock: (setting) => own.setClock(setting),
    faults: () => own.faults(),
    injectFault: (fault) => own.injectFault(fault),
    removeFaults: (faultId) => own.removeFaults(faultId),
    token: () => own.token(),
    explain: (question) => own.explain(question),
    get settings() {
      return current.config.settings;
    },
    scripts: () => ({ count: current.services.studio.count, webhooks: current.services.studio.webhooks }),
    traces: ({ tenant: name = DEFAULT_TENANT, ...filter } = {}) => traces.list(name, filter).items,
    trace: (traceId) => traces.find(traceId),
    onTrace: (listener) => traces.subscribe(guarded(listener, onBug)),
    reload() {
      const done = reloading.then(reload);
      reloading = done.catch(() => undefined);
      return done;
    },
    reset,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

interface Composition {
  readonly config: LoadedConfig;
  /** What works, and a person should know of all the same. */
  readonly notes: readonly string[];
  readonly services: Services;
  readonly material: MemoryStoreMaterial;
  readonly traceBounds: TraceBounds;
}

/** What holds until the next start stays as it is; `kept` names what the file says otherwise. */
function keepingWhatHoldsAtStart(
  config: LoadedConfig,
  before: Settings,
): { readonly config: LoadedConfig; readonly kept: (keyof Settings)[] } {
  const kept = SETTING_NAMES.filter(
    (name) => SETTINGS[name].atStart === true && !isDeepStrictEqual(config.settings[name], before[name]),
  );
  const asBefore = Object.fromEntries(kept.map((name) => [name, before[name]]));
  return { config: { ...config, settings: { ...config.settings, ...asBefore } }, kept };
}

/** A listener that throws must not cost a caller its answer. */
function guarded(listener: TraceListener, onBug: Services['onBug']): TraceListener {
  return (trace, kind, again) => {
    try {
      listener(trace, kind, again);
    } catch (error) {
      onBug(error, trace.traceId);
    }
  };
}

function requireEveryOperation({ contract, operations }: Services, webhooks: readonly ContractOperation[]): void {
  const known = new Set([...contract.operations.keys(), ...webhooks.map(({ operationId }) => operationId)]);
  const missing = [...known].filter((operationId) => !Object.hasOwn(operations, operationId));
  const extra = Object.keys(operations).filter((operationId) => !known.has(operationId));
  if (missing.length + extra.length > 0)
    throw new Error(
      `Contract and operations differ: without code ${missing.join(', ') || 'none'}; without contract ${extra.join(', ') || 'none'}.`,
    );
}

function reportBug(error: unknown, traceId: string): void {
  console.error(`cxone-emulator: a bug of the emulator, trace ${traceId}`, error);
}
