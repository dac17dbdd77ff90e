/** The way of one conversation from the bot to the agent, in the order of time: what came, what was said, what it became. */
import { ladderOf } from '../trace/ladder.js';
import type { Trace } from '../trace/trace.js';
import type { Conversation, Signal, Transcript } from './records.js';

export interface Moment {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: 'state' | 'trace' | 'signal' | 'message';
  readonly title: string;
  readonly text: string;
  /** Who said it, of a message. */
  readonly who?: string;
  readonly trace?: Trace;
}

export interface WayParts {
  readonly conversation: Conversation;
  readonly traces: readonly Trace[];
  readonly signals: readonly Signal[];
  readonly transcripts: readonly Transcript[];
}

export function wayOf({ conversation, traces, signals, transcripts }: WayParts): Moment[] {
  const { createdAt, queuedAt, endedAt, channel, skillId, state } = conversation;
  const moments: Moment[] = [
    { at: createdAt, kind: 'state', title: 'opened', text: `on ${channel}, with the bot` },
    ...(queuedAt === null
      ? []
      : [
          {
            at: queuedAt,
            kind: 'state' as const,
            title: 'queued',
            text: skillId === null ? 'for no skill' : `for skill ${String(skillId)}`,
          },
        ]),
    ...(endedAt === null ? [] : [{ at: endedAt, kind: 'state' as const, title: 'ended', text: '' }]),
    ...(state === 'agent' ? [{ at: queuedAt ?? createdAt, kind: 'state' as const, title: 'with an agent', text: '' }] : []),
    ...traces.map((trace): Moment => {
      const { title, verdict, code, findings } = ladderOf(trace);
      const [first] = findings.filter(({ level }) => level !== 'info');
      return {
        at: trace.startedAt,
        kind: 'trace',
        title: trace.script === null ? title : `script ${trace.script}`,
        text: [verdict, first === undefined ? '' : `${code ?? first.code}: ${first.message}`].filter(Boolean).join('  '),
        trace,
      };
    }),
    ...signals.map(({ receivedAt, parameters, contactId }): Moment => ({
      at: receivedAt,
      kind: 'signal',
      title: `signal to ${contactId}`,
      text: Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join('  '),
    })),
    ...transcripts.flatMap(messagesIn),
  ];
  // Sorting is stable: at one time, a state comes before what was sent.
  return moments.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

interface Said {
  readonly participantId?: unknown;
  readonly messageBody?: unknown;
  readonly utcDateTime?: unknown;
}

/** Its messages at their own times, and that it came. */
function messagesIn({ receivedAt, content, contactId }: Transcript): Moment[] {
  const details = content.selfServiceSessionDetails as { readonly transcripts?: unknown } | undefined;
  const said = Array.isArray(details?.transcripts) ? (details.transcripts as readonly (Said | null)[]) : [];
  return [
    ...said.flatMap((message): Moment[] => {
      if (typeof message !== 'object' || message === null) return [];
      const at = timeOf(message.utcDateTime) ?? receivedAt;
      const who = asText(message.participantId);
      return [{ at, kind: 'message', title: who, who, text: asText(message.messageBody) }];
    }),
    { at: receivedAt, kind: 'state', title: 'transcript', text: `of ${String(said.length)} messages, for contact ${contactId}` },
  ];
}

/** On that wire times are in UTC and have no Z at the end. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
