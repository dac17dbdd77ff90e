/** Makes everything that follows from the config file. */
import type { LoadedConfig } from '../config/load-config.js';
import { type BotContracts, botContracts } from '../openapi/bot-contracts.js';
import type { ContractOperation } from '../openapi/contract.js';
import { createMatcher, type Matcher } from '../openapi/router.js';
import { type Validators, validatorsWith } from '../openapi/validators.js';
import { WEBHOOK_PREFIX, webhookOperation } from '../openapi/webhook-operation.js';
import { requireErrorBodies } from '../config/error-bodies.js';
import type { Services } from '../pipeline/index.js';
import type { TokenKey } from '../cxone/token-verifier.js';
import { readScripts } from '../config/scripts.js';
import { readySeeds } from '../config/seeds.js';
import { type ConnectedAgent, createBots } from '../studio/bots/bots.js';
import { hostRules } from '../studio/rest/hosts.js';
import { outsideCaller } from '../studio/rest/outside-call.js';
import type { OutsideCaller } from '../studio/rest/types.js';
import type { LoadedScripts } from '../studio/script-files.js';
import { createStudio } from '../studio/studio.js';
import { readTokenKey } from '../config/token-key.js';
import { createRedactor, type Redactor } from '../trace/redact-paths.js';
import type { SecretsHider } from '../trace/secrets.js';
import { VERSION } from '../shared/version.js';
import { connect, readStandIns, readyAgents } from '../config/virtual-agents.js';
import type { Base } from './base.js';
import type { Composition } from './composition.js';
import { startDryRun } from './dry-run.js';
import { createHandlers } from './handlers.js';
import { forgetTenant, type Sandbox, type SandboxParts } from './sandbox.js';
import { environmentInTraces, studioParts } from './studio-host.js';

export interface ComposeParts {
  readonly base: Base;
  /** The real one; dry runs make others. */
  readonly sandbox: Sandbox;
  readonly newSandbox: (parts: SandboxParts) => Sandbox;
}

/** What the config says and names, read and checked. */
interface Loaded {
  readonly config: LoadedConfig;
  readonly tokens: TokenKey;
  readonly scripts: LoadedScripts['scripts'];
  readonly webhooks: readonly ContractOperation[];
  readonly matcher: Matcher;
  readonly validators: Validators;
  readonly bots: BotContracts;
  /** `callOutside`: undefined for the real one. */
  readonly connectBots: (callOutside: OutsideCaller | undefined) => readonly ConnectedAgent[];
  readonly redactor: Redactor | undefined;
  readonly hideSecrets: SecretsHider | undefined;
}

/** Throws ConfigFaults; nothing has changed then. */
export async function compose(config: LoadedConfig, { base, sandbox, newSandbox }: ComposeParts): Promise<Composition> {
  const { settings, conversationIds } = config;
  const { skills, agents, hours, maxTenants, maxConversations, maxStateBytes, maxTraces, maxTraceBytes } = settings;
  requireErrorBodies(config, base.contract);
  const conversations = await readySeeds(config);
  const { loaded, notes } = await load(config, base);

  const servicesIn = (where: Sandbox, callOutside?: OutsideCaller): Services => {
    const dryRun = (tenant: string, state: Parameters<typeof startDryRun>[1]['state']): ReturnType<typeof startDryRun> =>
      startDryRun(tenant, { state, now: sandbox.clocks.now(tenant) }, { newSandbox, servicesIn });
    return createServices(loaded, base, where, { dryRun, callOutside, realRuns: where === sandbox ? undefined : sandbox.runs });
  };
  return {
    config,
    notes,
    services: servicesIn(sandbox),
    tenantDefaults: {
      seeds: { skills, agents, hours, conversations },
      conversationIds,
      seededAt: base.seededAt,
      random: base.random,
      bounds: { tenants: maxTenants, conversations: maxConversations, bytes: maxStateBytes },
    },
    traceBounds: { count: maxTraces, bytes: maxTraceBytes },
  };
}

async function load(
  config: LoadedConfig,
  { contract, router, validators: builtInValidators }: Base,
): Promise<{ readonly loaded: Loaded; readonly notes: readonly string[] }> {
  const tokens = await readTokenKey(config);
  const { scripts, notes: scriptNotes } = await readScripts(config, router);
  const webhookFamily = contract.familyOf(WEBHOOK_PREFIX);
  const webhooks = [...scripts.values()].flatMap(({ name, trigger }) =>
    trigger?.kind === 'webhook' ? [webhookOperation({ ...trigger, script: name }, webhookFamily)] : [],
  );
  const validators = validatorsWith(builtInValidators, webhooks);
  const bots = botContracts(contract, validators);
  const { agents, secrets } = readyAgents(config);
  const stubBots = await readStandIns(agents, config, () => bots);
  const { hideSecrets, notes: secretNotes } = environmentInTraces(config.settings, secrets);
  return {
    loaded: {
      config,
      tokens,
      scripts,
      webhooks,
      matcher: webhooks.length === 0 ? router : createMatcher(contract, webhooks),
      validators,
      bots,
      connectBots: (callOutside) => connect(agents, stubBots, callOutside),
      redactor: createRedactor(config.settings.redact),
      hideSecrets,
    },
    notes: [...scriptNotes, ...secretNotes],
  };
}

interface ServicesParts {
  readonly dryRun: Services['studio']['rehearsal'];
  /** undefined for the real one. */
  readonly callOutside: OutsideCaller | undefined;
  /** In a dry run, the runs of the real tenant. */
  readonly realRuns: Sandbox['runs'] | undefined;
}

function createServices(loaded: Loaded, base: Base, sandbox: Sandbox, parts: ServicesParts): Services {
  const { config, tokens, matcher, validators } = loaded;
  const { contract, onBug } = base;
  const { store, traces, clocks, faults, nextTraceId } = sandbox;
  const { conversationIds } = config;
  const settings = { ...config.settings, tokens };
  const ownUrl = (): string => base.address.urlOrLocalhost;
  const bots = createBots(loaded.connectBots(parts.callOutside), {
    version: VERSION,
    ...loaded.bots,
    monotonic: () => clocks.monotonic(),
  });
  const outside = parts.callOutside ?? outsideCaller(hostRules(settings.scriptHosts));
  const studio = createStudio(loaded.scripts, sandbox.runs, {
    ...studioParts({ ...sandbox, settings, ownUrl, onBug, outside, bots, traceOf: (id) => traces.find(id) }),
    desk: sandbox.desk,
    real: parts.realRuns,
    rehearsal: parts.dryRun,
  });
  const operations = createHandlers(
    {
      ...settings,
      ...sandbox,
      version: VERSION,
      startedAt: base.startedAt,
      waiting: base.pendingVerifications,
      contract,
      matcher,
      conversationIds,
      studio,
      forget: (tenant) => {
        forgetTenant(sandbox, tenant);
      },
    },
    loaded.webhooks,
  );
  return {
    contract,
    matcher,
    validators,
    operations,
    studio,
    tokens,
    store,
    traces,
    clocks,
    faults,
    nextTraceId,
    conversationIds,
    ownUrl,
    onBug,
    redactor: loaded.redactor,
    hideSecrets: loaded.hideSecrets,
    settings: { ...settings, checkReplies: process.env.NODE_ENV !== 'production' },
  };
}
