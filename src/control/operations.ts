/** The control API: what a test, a viewer or a person asks the emulator itself. */
import type { ConversationIds, TenantIdentity } from '../cxone/model/ids.js';
import type { Contract } from '../openapi/contract.js';
import type { Matcher } from '../openapi/router.js';
import type { Faults } from '../cxone/faults.js';
import type { Clocks } from '../cxone/clock.js';
import type { Operations } from '../cxone/handler.js';
import type { Studio } from '../cxone/studio.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { TenantSnapshot } from '../cxone/store/store.js';
import type { TraceFilter } from '../trace/filter.js';
import type { TraceLog } from '../trace/log.js';
import { clockOperations } from './clock.js';
import { conversationControl } from './conversations.js';
import { faultOperations } from './faults.js';
import { requireCoherent } from './coherent-state.js';
import { DEFAULT_LIMIT, recordOperations } from './records.js';
import { staffingOperations } from './staffing.js';
import { traceStreamOperation } from './trace-stream.js';
import { verificationOperations, type Waiting } from './verification/operations.js';
import { viewerOperations } from './viewer.js';

export interface ControlSettings {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly contract: Contract;
  readonly traces: TraceLog;
  readonly conversationIds: ConversationIds;
  readonly maxConversations: number;
  readonly studio: Studio;
  readonly waiting: Waiting;
  readonly clocks: Clocks;
  readonly faults: Faults;
  /** Of the contract and the webhooks. */
  readonly matcher: Matcher;
  /** Forgets what of a tenant stands outside its state: traces, clock, faults. */
  readonly forget: (tenant: string) => void;
  /** The names of the operations that are there beside the contract's. */
  readonly webhooks: readonly string[];
}

export function controlOperations(settings: ControlSettings): Operations {
  const {
    version,
    startedAt,
    contract,
    traces,
    conversationIds,
    maxConversations,
    studio,
    waiting,
    webhooks,
    clocks,
    faults,
    matcher,
    forget,
  } = settings;
  const ofPlatform = [...contract.operations.values()].filter(({ family }) => family.name !== 'control');
  const operationIds = [...ofPlatform.map(({ operationId }) => operationId), ...webhooks];
  const paths = ofPlatform.map(({ path }) => path);
  return {
    getHealth: {
      answer: (call, state) => ({
        status: 200,
        body: { status: 'ok', version, startedAt, url: call.baseUrl, tenant: state.identity satisfies TenantIdentity },
      }),
    },

    ...conversationControl({ conversationIds, studio }),
    ...clockOperations(clocks),
    ...faultOperations(faults, { operationIds, paths, matcher }),
    ...viewerOperations(),
    ...staffingOperations(),
    ...recordOperations(),
    ...verificationOperations(traces, waiting, operationIds),

    listTraces: {
      answer(call) {
        const { limit = DEFAULT_LIMIT, ...filter } = call.query as TraceFilter;
        return { status: 200, body: traces.list(call.tenant, { ...filter, limit }) };
      },
    },

    listTenants: {
      answer(call) {
        const { limit = DEFAULT_LIMIT } = call.query as { limit?: number };
        const tenants = traces.tenants();
        return { status: 200, body: { items: tenants.slice(0, limit), total: tenants.length } };
      },
    },

    streamTraces: traceStreamOperation(traces),

    getTrace: {
      answer(call) {
        const traceId = call.pathParameters.traceId ?? '';
        const trace = traces.get(call.tenant, traceId);
        if (trace !== undefined) return { status: 200, body: trace };
        throw reject('TRACE_UNKNOWN', {
          message: 'No trace has this id.',
          in: 'path',
          pointer: '/traceId',
          expected: `the id of a trace of the tenant ${call.tenant} that is still kept`,
          received: show(traceId),
          remedy:
            'List the traces with GET /_emulator/traces. The log is bounded and reset clears it; the trace of another tenant is read below its /t/… prefix.',
        });
      },
    },

    exportState: {
      answer: (_, state) => ({ status: 200, body: state.export() }),
    },

    importState: {
      check(call) {
        requireCoherent(call.body as TenantSnapshot, conversationIds, maxConversations);
      },
      answer(call, state) {
        state.import(call.body as TenantSnapshot);
        call.emit({ kind: 'exchanged' });
        return { status: 204 };
      },
    },

    reset: {
      answer(call, state) {
        state.reset();
        // Not to be undone: a dry run must not get here, and explain refuses control calls.
        forget(call.tenant);
        call.emit({ kind: 'exchanged' });
        return { status: 204 };
      },
    },

    getOpenapi: {
      answer: (call) => ({ status: 200, body: { ...contract.document, servers: [{ url: call.baseUrl }] } }),
    },
  };
}
