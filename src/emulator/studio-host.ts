/** What Studio gets of the emulator: its state, its clock, and a line to the emulator itself for the calls of scripts. */
import { STATUS_CODES } from 'node:http';
import type { Arrival, Pipeline, Services } from '../pipeline/index.js';
import { type AuthSettings, scriptToken } from '../cxone/auth.js';
import type { Clocks } from '../cxone/clock.js';
import type { Cause } from '../cxone/studio.js';
import type { Settings } from '../config/settings.js';
import type { Store } from '../cxone/store/store.js';
import type { Bots } from '../studio/bots/bots.js';
import { breaker } from '../studio/rest/circuit-breaker.js';
import { gate } from '../studio/rest/concurrency-limit.js';
import { hostRules } from '../studio/rest/hosts.js';
import type { OwnAnswer, OwnRequest, RestRules } from '../studio/rest/rest-call.js';
import type { StudioParts } from '../studio/studio.js';
import { isHideable, secretsHider, type SecretsHider } from '../trace/secrets.js';
import { causeOf, type Trace, type TraceEntry, warningsOf } from '../trace/trace.js';
import type { OutsideCaller } from '../studio/rest/types.js';

export interface ScriptHost {
  readonly settings: Settings & AuthSettings;
  readonly store: Store;
  readonly clocks: Clocks;
  /** A trace that is kept still. */
  readonly traceOf: (traceId: string) => Trace | undefined;
  /** Asked for late, because the pipeline works with the scripts itself. */
  readonly pipeline: () => Pipeline;
  readonly outside: OutsideCaller;
  readonly bots: Bots;
  readonly ownUrl: () => string;
  readonly onBug: Services['onBug'];
}

export function studioParts({
  settings,
  store,
  clocks,
  traceOf,
  pipeline,
  outside,
  bots,
  ownUrl,
  onBug,
}: ScriptHost): Omit<StudioParts, 'rehearsal' | 'desk' | 'real'> {
  const hosts = hostRules(settings.scriptHosts);
  const now = (tenant: string): string => new Date(clocks.now(tenant)).toISOString();
  const rest: RestRules = {
    outside,
    gate: gate(),
    breaker: breaker(settings.restBreaker),
    breakerSettings: settings.restBreaker,
    now: (tenant) => clocks.now(tenant),
    monotonic: () => clocks.monotonic(),
  };
  return {
    store,
    rest,
    bots,
    now,
    schedule: (tenant, milliseconds, callback) => clocks.of(tenant).schedule(milliseconds, callback),
    maxSteps: settings.maxScriptSteps,
    environment: scriptEnvironment(settings),
    token: (tenant, baseUrl) => scriptToken(settings, { tenant, baseUrl, now: now(tenant) }, store),
    ownTarget: (url, baseUrl) =>
      targetBelow([ownUrl(), settings.publicUrl], url) ??
      // How a caller reached the emulator, the caller says: a host that the settings allow is what it is, whoever claims its name.
      (hosts.allows(url) ? undefined : targetBelow([baseUrl.replace(/\/t\/[a-z0-9-]{1,64}$/, '')], url)),
    callOwn: (request, cause) => callOwn(pipeline(), traceOf, request, cause),
    beginTrace: (run, cause) => pipeline().beginRun(run, cause),
    onBug,
  };
}

/** Hides the values of the environment variables that scripts may see, and of `others`; a note tells of each that traces show all the same. */
export function environmentInTraces(
  settings: Settings,
  others: readonly (readonly [name: string, value: string])[],
): {
  readonly hideSecrets: SecretsHider | undefined;
  readonly notes: readonly string[];
} {
  const variables = [
    ...Object.entries(scriptEnvironment(settings)).map(([name, value]) => ({ name, value, from: '--script-env' })),
    ...others.map(([name, value]) => ({ name, value, from: 'virtualAgents' })),
  ].filter(({ value }) => value !== '');
  const shown = variables.filter(({ name, value }) => !isHideable(name, value));
  return {
    hideSecrets: secretsHider(
      variables.filter((variable) => !shown.includes(variable)).flatMap(({ value }) => [value, ...keysInAddress(value)]),
    ),
    notes: shown.map(
      ({ name, from }) =>
        `note: traces show the value of ${name} (${from}): it is short, or a plain word or number, which stands in other texts, too`,
    ),
  };
}

/** What makes an address a secret, such as that of a Cognigy endpoint: who answers there may name its path alone. */
function keysInAddress(value: string): string[] {
  if (!URL.canParse(value)) return [];
  return new URL(value).pathname.split('/').filter((step) => /^(?=.*[0-9])[A-Za-z0-9_-]{16,}$/.test(step));
}

/** The environment variables that scripts may see. */
function scriptEnvironment({ scriptEnv }: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(scriptEnv.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Path and query of an address that is the emulator's own; undefined where it belongs to somebody else. */
function targetBelow(roots: readonly (string | undefined)[], url: URL): string | undefined {
  for (const text of roots) {
    const root = text === undefined ? undefined : new URL(text);
    if (root?.protocol !== url.protocol || root.port !== url.port) continue;
    if (root.hostname !== url.hostname && !(LOOPBACK.test(root.hostname) && LOOPBACK.test(url.hostname))) continue;
    const prefix = root.pathname.replace(/\/$/, '');
    if (prefix === '' || url.pathname === prefix || url.pathname.startsWith(`${prefix}/`))
      return `${url.pathname.slice(prefix.length) || '/'}${url.search}`;
  }
  return undefined;
}

async function callOwn(
  pipeline: Pipeline,
  traceOf: ScriptHost['traceOf'],
  { method, target, headers, body }: OwnRequest,
  cause: Cause,
): Promise<OwnAnswer> {
  const bytes = Buffer.from(body ?? '');
  const arrival: Arrival = {
    transport: 'script',
    method,
    target,
    headers: { ...headers, host: new URL(cause.baseUrl).host },
    receive: (limit) => ({ bytes: bytes.subarray(0, limit) }),
    gone: () => false,
    parent: cause,
  };
  const { answer, trace } = await pipeline.handleForScript(arrival);
  if (answer?.broken === 'hang') await new Promise(() => undefined);
  const refused = rootOf(trace, traceOf);
  return {
    status: answer?.status ?? 500,
    statusText: STATUS_CODES[answer?.status ?? 500] ?? '',
    headers: answer?.headers ?? {},
    body: answer?.body ?? '',
    traceId: trace.traceId,
    cause:
      refused === undefined ? undefined : { code: refused.code ?? '', message: refused.message, remedy: refused.remedy ?? '' },
    broken: answer?.broken === 'reset' || answer?.broken === 'cut',
    warnings: warningsOf(trace).map(({ code, message, remedy }) => ({ code: code ?? '', message, remedy: remedy ?? '' })),
  };
}

/** Why it was refused; where that is a script’s call that was refused in its turn, why that was. */
function rootOf(trace: Trace, traceOf: ScriptHost['traceOf']): TraceEntry | undefined {
  const cause = causeOf(trace);
  const called = cause?.code === 'REST_CALL_FAILED' ? traceOf(cause.calls?.at(-1)?.traceId ?? '') : undefined;
  return (called === undefined ? undefined : rootOf(called, traceOf)) ?? cause;
}
