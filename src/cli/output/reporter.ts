/** What the terminal shows while the emulator runs: one line a request, and under a refused one what to send instead. */
import { styleText } from 'node:util';
import type { LogLevel } from '../../config/settings.js';
import type { TraceKind } from '../../trace/filter.js';
import type { TraceListener } from '../../trace/log.js';
import { fieldsOf, milliseconds, statusOf } from '../../trace/steps.js';
import { causeOf, type Outcome, type Trace, type TraceEntry, warningsOf } from '../../trace/trace.js';
import { printable } from '../../shared/printable.js';

type Style = Parameters<typeof styleText>[0];

export interface ReporterSettings {
  readonly level: () => LogLevel;
  readonly colors: boolean;
  /** Where the control API answers, without a slash at the end. */
  readonly url: () => string;
  readonly print: (text: string) => void;
}

const RANK: Readonly<Record<LogLevel, number>> = { silent: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 };

/** The level from which a trace is shown. Whoever only looks at the emulator, such as a health check, is not what anybody looks for. */
function levelOf(trace: Trace, kind: TraceKind): LogLevel {
  if (trace.outcome === 'failed') return 'error';
  if (trace.outcome === 'rejected' || warningsOf(trace).length > 0) return 'warn';
  return kind === 'control' && trace.request.method === 'GET' ? 'debug' : 'info';
}

export function createReporter({ level: levelNow, colors, url, print }: ReporterSettings): TraceListener {
  const paint = (style: Style, text: string): string => (colors ? styleText(style, text) : text);

  const requestLine = (trace: Trace, again: boolean): string => {
    const cause = causeOf(trace);
    return [
      `${trace.request.method} ${printable(shortened(trace.request.path))}`,
      paint(STYLES[trace.outcome], [statusOf(trace, again || trace.outcome === 'running'), cause?.code ?? ''].join(' ').trim()),
      paint('dim', milliseconds(trace.durationMs)),
    ].join('  ');
  };
  const field = (name: string, value: string): string => `  ${paint('dim', name.padEnd(9))} ${printable(value)}`;
  const explanation = (entry: TraceEntry): string[] =>
    fieldsOf(entry).flatMap(({ name, text }) => (name === 'known from' ? [] : [field(name, text)]));
  const warning = (entry: TraceEntry): string =>
    `  ${paint('yellow', `warning   ${entry.code ?? ''}`)} ${printable(`${placeOf(entry)}: ${entry.message} ${entry.remedy ?? ''}`)}`;

  return (trace, kind, again) => {
    const level = levelNow();
    // A script that no webhook started has only begun.
    if (trace.response === null && trace.outcome === 'running' && !again) return;
    if (RANK[levelOf(trace, kind)] > RANK[level]) return;
    const lines = [requestLine(trace, again)];
    const errors = trace.entries.filter((entry) => entry.level === 'error');
    errors.forEach((entry, index) => {
      if (index > 0) lines.push(`  ${paint('dim', 'and also')}  ${entry.code ?? ''}`);
      lines.push(...explanation(entry));
    });
    lines.push(...warningsOf(trace).map(warning));
    if (errors.length > 0) lines.push(field('trace', traceUrl(url(), trace)));
    if (RANK[level] >= RANK.debug)
      lines.push(
        ...trace.entries
          .filter((entry) => entry.level === 'info')
          .map((entry) => paint('dim', `  ${(entry.action ?? entry.stage).padEnd(12)} ${printable(told(entry))}`)),
      );
    if (RANK[level] >= RANK.trace) {
      if (trace.request.body !== null) lines.push(field('request', trace.request.body));
      if (trace.response?.body != null) lines.push(field('response', trace.response.body));
    }
    print(lines.join('\n'));
  };
}

function placeOf(entry: TraceEntry): string {
  return [entry.in ?? entry.action ?? 'the connection', entry.pointer ?? ''].join(' ').trim();
}

const STYLES: Readonly<Record<Outcome, Style>> = { accepted: 'green', running: 'cyan', rejected: 'yellow', failed: 'red' };

/** The branch of an action stands behind what it did. */
function told({ message, action, branch }: TraceEntry): string {
  return action === undefined || branch == null ? message : `${message} → ${branch}`.trim();
}

/** Where a trace can be read. */
export function traceUrl(url: string, trace: Trace): string {
  return `${url}${trace.tenant === 'default' ? '' : `/t/${trace.tenant}`}/_emulator/#trace=${trace.traceId}`;
}

function shortened(path: string): string {
  return path.length > 120 ? `${path.slice(0, 120)}…` : path;
}
