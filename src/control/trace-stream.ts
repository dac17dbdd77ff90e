/** GET /_emulator/traces/stream: traces as server-sent events, gone on with by Last-Event-ID. */
import type { Call, Feed, UnitOperation } from '../cxone/handler.js';
import type { TraceLog } from '../trace/log.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Some proxies hold answers back until they are whole.
  'x-accel-buffering': 'no',
};

/** In milliseconds: how long a page waits before it connects again. */
const RETRY = 1000;

export function traceStreamOperation(traces: TraceLog): UnitOperation {
  return {
    answer: (call) => ({ status: 200, headers: HEADERS, feed: feedFor(call, traces) }),
  };
}

/**
 * The log itself is what a reader has not had yet, so that a slow one costs no memory of its own. One that falls so far
 * behind that the log let go of what it has not had is told so, and its stream ends.
 */
function feedFor(call: Call, traces: TraceLog): Feed {
  const after = call.header('last-event-id') || undefined;
  const reader = traces.follow(call.tenant, call.query, after);
  let resuming = after !== undefined;
  let began = false;
  let over = false;
  return {
    next() {
      if (over) return null;
      if (!began) {
        began = true;
        return `retry: ${String(RETRY)}\n\n`;
      }
      const trace = reader.next();
      if (trace === undefined) return undefined;
      if (trace === 'missed') {
        over = !resuming;
        resuming = false;
        return over ? event('dropped', DROPPED) : event('missed', MISSED);
      }
      resuming = false;
      return `id: ${trace.traceId}\n${event('trace', trace)}`;
    },
    onMore: (listener) => traces.subscribe(listener),
    // A page hears of events alone: a comment would not tell it that something on the way holds them back.
    signOfLife: event('alive', {}),
  };
}

const MISSED = {
  message: 'The trace of Last-Event-ID is not kept any more: what came between may be missing.',
  remedy: 'What follows is all that is kept. Read faster, or keep more with --max-traces.',
};

const DROPPED = {
  message: 'This reader was too slow: traces that it had not had yet were dropped.',
  remedy: 'Read faster, read less (?conversationId=, ?outcome=, ?code=), or keep more with --max-traces. Connect again to go on.',
};

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
