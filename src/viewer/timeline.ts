/** The way of one conversation from the bot to the agent, in the order of time: what came, what was said, what it became. */
import { type Message, speakerOf } from '../cxone/model/message.js';
import { ladderOf } from '../trace/steps.js';
import type { Trace } from '../trace/trace.js';
import { numberOf } from './trace-cache.js';
import { plural } from './plural.js';
import type { Conversation, List, Signal, Transcript } from './records.js';

export interface Moment {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: 'state' | 'trace' | 'signal' | 'message';
  readonly title: string;
  readonly text: string;
  /** Who said it, of a message; the script speaks beside the bot. */
  readonly side?: 'customer' | 'bot' | 'agent';
  readonly trace?: Trace;
}

export interface WayParts {
  readonly conversation: Conversation;
  readonly traces: readonly Trace[];
  /** How many more the emulator keeps of them, which are older. */
  readonly unread: number;
  readonly messages: Pick<List<Message>, 'items' | 'total'>;
  readonly signals: readonly Signal[];
  readonly transcripts: readonly Transcript[];
}

/** What comes first of all that has the same time: a clock that stands gives one time to all of it. */
const RANKS = {
  opened: 0,
  earlier: 1,
  trace: 2,
  signal: 3,
  words: 4,
  transcript: 5,
  queued: 6,
  agent: 7,
  'words of agents': 8,
  ended: 9,
};

type Ranked = Moment & { readonly rank: keyof typeof RANKS };

export function wayOf({ conversation, traces, unread, messages, signals, transcripts }: WayParts): Moment[] {
  const moments: Ranked[] = [
    ...statesOf(conversation),
    ...tracesIn(traces, unread),
    ...signals.map(({ receivedAt, parameters, contactId }): Ranked => ({
      rank: 'signal',
      at: receivedAt,
      kind: 'signal',
      title: `signal to ${contactId}`,
      text: Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join('  '),
    })),
    ...wordsIn(messages),
    ...transcripts.flatMap(messagesIn),
  ];
  return moments.sort((one, other) => (one.at === other.at ? RANKS[one.rank] - RANKS[other.rank] : one.at < other.at ? -1 : 1));
}

function statesOf({ createdAt, queuedAt, endedAt, channel, skillId, state, agent }: Conversation): Ranked[] {
  const kind = 'state';
  return [
    { rank: 'opened', at: createdAt, kind, title: 'opened', text: `on ${channel}, with the bot` },
    ...(queuedAt === null
      ? []
      : [
          {
            rank: 'queued' as const,
            at: queuedAt,
            kind: 'state' as const,
            title: 'queued',
            text: skillId === null ? 'for no skill' : `for skill ${String(skillId)}`,
          },
        ]),
    ...(agent === undefined && state !== 'agent'
      ? []
      : [
          {
            rank: 'agent' as const,
            at: agent?.since ?? queuedAt ?? createdAt,
            kind: 'state' as const,
            title: 'with an agent',
            text: agent?.name ?? '',
          },
        ]),
    ...(endedAt === null ? [] : [{ rank: 'ended' as const, at: endedAt, kind: 'state' as const, title: 'ended', text: '' }]),
  ];
}

function tracesIn(traces: readonly Trace[], unread: number): Ranked[] {
  const inOrder = [...traces].sort((one, other) => numberOf(one) - numberOf(other));
  const [first] = inOrder;
  if (first === undefined) return [];
  const before: Ranked = {
    rank: 'earlier',
    at: first.startedAt,
    kind: 'state',
    title: `${plural(unread, 'trace')} before`,
    text: 'which are not shown here; the list of traces has them',
  };
  return [...(unread > 0 ? [before] : []), ...inOrder.map(sent)];
}

function sent(trace: Trace): Ranked {
  const { title, verdict, code, findings } = ladderOf(trace);
  const [first] = findings.filter(({ level }) => level !== 'info');
  return {
    rank: 'trace',
    at: trace.startedAt,
    kind: 'trace',
    title: trace.script === null ? title : `script ${trace.script}`,
    text: [verdict, first === undefined ? '' : `${code ?? first.code}: ${first.message}`].filter(Boolean).join('  '),
    trace,
  };
}

function wordsIn({ items, total }: WayParts['messages']): Ranked[] {
  const [first] = items;
  if (first === undefined) return [];
  const missing = total - items.length;
  const firstOfAgent = items.findIndex(({ from }) => from === 'agent');
  return [
    ...(missing === 0
      ? []
      : [
          {
            rank: 'earlier' as const,
            at: first.at,
            kind: 'state' as const,
            title: `${plural(missing, 'message')} before`,
            text: 'of which the emulator keeps no more',
          },
        ]),
    ...items.map((message, index): Ranked => ({
      rank: firstOfAgent === -1 || index < firstOfAgent ? 'words' : 'words of agents',
      at: message.at,
      kind: 'message',
      title: speakerOf(message),
      side: message.from === 'script' ? 'bot' : message.from,
      text: message.text,
    })),
  ];
}

interface Said {
  readonly participantId?: unknown;
  readonly messageBody?: unknown;
  readonly utcDateTime?: unknown;
}

/** Its messages at their own times, and that it came. */
function messagesIn({ receivedAt, content, contactId }: Transcript): Ranked[] {
  const details = content.selfServiceSessionDetails as { readonly transcripts?: unknown } | undefined;
  const said = Array.isArray(details?.transcripts) ? (details.transcripts as readonly (Said | null)[]) : [];
  return [
    ...said.flatMap((message): Ranked[] => {
      if (typeof message !== 'object' || message === null) return [];
      const at = timeOf(message.utcDateTime) ?? receivedAt;
      const who = asText(message.participantId);
      return [
        {
          rank: 'words',
          at,
          kind: 'message',
          title: who,
          side: /bot/i.test(who) ? 'bot' : 'customer',
          text: asText(message.messageBody),
        },
      ];
    }),
    {
      rank: 'transcript',
      at: receivedAt,
      kind: 'state',
      title: 'transcript',
      text: `of ${String(said.length)} messages, for contact ${contactId}`,
    },
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
