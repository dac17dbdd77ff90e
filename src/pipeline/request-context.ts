/** One request with what the stages have found out about it so far. Each stage fills in its part. */
import type { ContractOperation, Family, MediaKind } from '../openapi/contract.js';
import type { Reply } from '../cxone/handler.js';
import { Origin } from '../cxone/loop-guard.js';
import { Activity, type Cause, type PlatformEvent } from '../cxone/studio.js';
import { NEVER_SENT, type Rejection } from '../errors/catalogue.js';
import { TraceRecorder } from '../trace/recorder.js';
import { callerUrl } from './caller-url.js';
import { type Arrival, headerOf } from './incoming-request.js';
import type { Services } from './services.js';
import { DEFAULT_TENANT, isTenantName, readTarget } from './target.js';

export class RequestContext {
  readonly request: Arrival;
  readonly trace: TraceRecorder;
  /** The writes of a dry run are undone, and its trace is not kept. */
  readonly dryRun: boolean;
  readonly tenant: string;
  /** What follows `/t/` if it is not a tenant name; such a request belongs to the default tenant. */
  readonly wrongTenant: string | undefined;
  /** Milliseconds since the epoch, on the tenant's clock. */
  readonly startedAt: number;
  /** Without the tenant's prefix and the query; not decoded. */
  path: string;
  readonly rawQuery: string;

  /** The shape of errors depends on it, so it is set before the operation is known. */
  family: Family;
  operation: ContractOperation | undefined;
  pathParameters: Readonly<Record<string, string>> = {};

  bytes: Buffer = NO_BYTES;
  /** What kept the body from arriving whole. */
  bodyFault: Rejection | undefined;
  mediaType: MediaKind | undefined;
  body: unknown;
  /** How deep the body nests. */
  bodyDepth = 0;
  query: Readonly<Record<string, unknown>> = {};

  /** What an injected fault does to the response. */
  spoil: 'reset' | 'hang' | 'cut' | 'malformed' | undefined;
  reply: Reply | undefined;
  rejection: Rejection | undefined;
  /** What scripts hear of once the operation is done. */
  readonly events: PlatformEvent[] = [];

  #cause: Cause | undefined;
  readonly #services: Pick<Services, 'ownUrl' | 'settings'>;

  constructor(request: Arrival, traceId: string, services: Services, dryRun = false) {
    const { contract, clocks } = services;
    this.request = request;
    this.dryRun = dryRun;
    this.#services = services;
    const target = readTarget(request.target);
    const named = isTenantName(target.tenant);
    this.tenant = named ? target.tenant : DEFAULT_TENANT;
    this.wrongTenant = named ? undefined : target.tenant;
    this.path = target.path;
    this.rawQuery = target.query;
    this.family = contract.familyOf(target.path);
    this.startedAt = clocks.now(this.tenant);
    this.trace = new TraceRecorder({
      traceId,
      tenant: this.tenant,
      transport: request.transport,
      method: request.method,
      target: request.target,
      headers: request.headers,
      parent: request.parent?.traceId ?? null,
      startedAt: this.startedAt,
      monotonic: () => clocks.monotonic(),
    });
  }

  get method(): string {
    return this.request.method;
  }

  header(name: string): string | undefined {
    return headerOf(this.request, name);
  }

  /** Where this caller reaches the tenant, without a slash at the end: URLs in responses begin with it. */
  get baseUrl(): string {
    const { settings, ownUrl } = this.#services;
    const url = settings.publicUrl ?? callerUrl(this.request, ownUrl);
    return `${url}${this.tenant === DEFAULT_TENANT ? '' : `/t/${this.tenant}`}`;
  }

  /** What the scripts that it starts know of it. */
  get cause(): Cause {
    const { parent } = this.request;
    this.#cause ??= {
      traceId: this.trace.traceId,
      activity: parent?.activity ?? new Activity(),
      origin: parent?.origin ?? new Origin(),
      baseUrl: this.baseUrl,
      depth: parent?.depth ?? 0,
    };
    return this.#cause;
  }

  /** The status of the refusal in this family; 0 if there is none. */
  get status(): number {
    return this.rejection?.statusIn(this.family.name) ?? 0;
  }

  /** Records every finding of a refusal; the first one is the cause. */
  refuse(rejection: Rejection): void {
    this.rejection = rejection;
    this.trace.outcome = this.status === NEVER_SENT || this.status >= 500 ? 'failed' : 'rejected';
    if (rejection.parts.told === true) return;
    for (const finding of rejection.findings) this.trace.error(finding);
  }
}

const NO_BYTES = Buffer.alloc(0);
