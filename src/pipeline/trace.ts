/** Makes the trace of an exchange that is over. */
import { detached } from '../shown.js';
import type { Found } from '../trace/customer-data.js';
import { redactHeader, redactTarget, redactText } from '../trace/redact.js';
import { secretsHider } from '../trace/secrets.js';
import type { Trace } from '../trace/trace.js';
import type { Services } from './services.js';
import { type Answer, type Exchange, type Headers, isoTime } from './exchange.js';

/** The end of an exchange. */
export interface Finished {
  readonly answer: Answer | null;
  readonly trace: Trace;
}

type Hiding = Pick<Services, 'redactor' | 'hideSecrets'>;

/** In characters, which are bytes for all but rare bodies. */
const LONGEST_BODY = 8192;

export function finish(exchange: Exchange, answer: Answer | null, hiding: Hiding): Finished {
  const { redactor } = hiding;
  const { arrival, bytes, known } = exchange;
  const found: Found = new Set();
  if (known !== undefined) redactor?.body(known.asBody, found);
  const shown = (text: string): string => redactedBody(redactor === undefined ? text : redactor.body(text, found));
  const trace: Trace = {
    traceId: exchange.traceId,
    tenant: exchange.tenant,
    transport: arrival.transport,
    startedAt: isoTime(exchange.startedAt),
    durationMs: exchange.elapsed,
    operationId: exchange.operation?.operationId ?? null,
    outcome: exchange.running && exchange.outcome === 'accepted' ? 'running' : exchange.outcome,
    request: {
      method: arrival.method,
      path: redactTarget(shortened(arrival.target)),
      headers: redactedHeaders(arrival.headers),
      body: bytes.length === 0 ? null : shown(exchange.bodyText ?? bytes.toString('utf8', 0, LONGEST_BODY)),
      bodyBytes: bytes.length,
      bodyComplete: exchange.bodyFault === undefined && (exchange.bodyText ?? bytes).length <= LONGEST_BODY,
    },
    response:
      answer === null || answer.broken === 'reset' || answer.broken === 'hang'
        ? null
        : {
            status: answer.status,
            headers: answer.headers,
            body: answer.body === null || arrival.method === 'HEAD' ? null : shown(answer.body),
          },
    conversationId: exchange.conversationId,
    contactId: exchange.contactId,
    script: exchange.script,
    parent: arrival.parent?.traceId ?? null,
    // A script that goes on adds to them.
    entries: exchange.running ? [...exchange.entries] : exchange.entries,
  };
  const hidden = redactor?.hide(trace, exchange.pathParameters, found) ?? trace;
  return { answer, trace: withoutSecrets(hidden, exchange, hiding) };
}

/** Without the secrets of scripts: those of their environment, and those among the attributes that they had at hand. */
function withoutSecrets(trace: Trace, { known }: Exchange, { hideSecrets }: Hiding): Trace {
  const hidden = hideSecrets?.(trace) ?? trace;
  return known === undefined ? hidden : (secretsHider(known.secrets)?.(hidden) ?? hidden);
}

/** Cut first, so that the work does not grow with the body; what is cut within a secret is redacted all the same. */
function redactedBody(text: string): string {
  return redactText(shortened(text));
}

function shortened(text: string): string {
  return text.length > LONGEST_BODY ? detached(text.slice(0, LONGEST_BODY)) : text;
}

function redactedHeaders(headers: Headers): Record<string, string> {
  const redacted: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) redacted[name] = redactHeader(name, shortened(typeof value === 'string' ? value : value.join(', ')));
  }
  return redacted;
}
