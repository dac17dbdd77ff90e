/** One conversation: how it stands, and its way from the bot to the agent as a time line. */
import type { Trace } from '../trace/trace.js';
import { api, type ApiError } from './api.js';
import { copyButton } from './copy.js';
import { badge, button, clock, h, longText, wire } from './dom.js';
import type { Page, Part } from './page.js';
import { plural } from './plural.js';
import type { Conversation } from './records.js';
import { redraw } from './redraw.js';
import { Refresh } from './refresh.js';
import { type Moment, wayOf, type WayParts } from './timeline.js';

/** So many traces of one conversation. */
const MOST = '300';

export function conversationView(page: Page): Part {
  const element = h('section', { class: 'sheet', 'aria-label': 'Conversation' });
  let drawn = '';
  const refresh = new Refresh(async () => {
    const id = page.shown.conversation;
    if (id === undefined) return;
    try {
      const parts = await partsOf(id);
      if (page.shown.conversation !== id) return;
      const told = JSON.stringify(parts);
      if (told === drawn) return;
      drawn = told;
      redraw(element, ...contentOf(page, parts, refresh));
    } catch (problem) {
      drawn = '';
      element.replaceChildren(
        h('header', {}, h('h2', {}, wire(id)), backLink(page)),
        h(
          'div',
          { class: 'nothing' },
          h('h3', {}, 'This conversation is not there'),
          h('p', {}, wire((problem as ApiError).message)),
          h(
            'p',
            {},
            h(
              'a',
              { href: page.link({ view: 'traces', conversation: undefined, filters: { conversationId: id } }) },
              'Traces that name it',
            ),
          ),
        ),
      );
    }
  });
  return {
    element,
    update() {
      refresh.soon();
    },
  };
}

/** Of the contact and its master, and of the contacts that scripts of the conversation run on. */
async function partsOf(id: string): Promise<WayParts> {
  const conversation = await api.conversation(id);
  const [named, messages] = await Promise.all([api.traces({ conversationId: id, limit: MOST }), api.messages(id)]);
  const contacts = [
    ...new Set([
      conversation.contactId,
      conversation.masterContactId,
      ...named.items.flatMap(({ contactId }) => (contactId === null ? [] : [contactId])),
    ]),
  ].slice(0, 10);
  const lists = await Promise.all(
    contacts.map(async (contactId) => ({
      traces: (await api.traces({ contactId, limit: MOST })).items,
      signals: (await api.signals(contactId)).items,
      transcripts: (await api.transcripts(contactId)).items,
    })),
  );
  const traces = new Map<string, Trace>(
    [...named.items, ...lists.flatMap((list) => list.traces)].map((trace) => [trace.traceId, trace]),
  );
  const parents = new Set([...traces.values()].flatMap(({ parent }) => (parent === null || traces.has(parent) ? [] : [parent])));
  // A webhook's own trace names no conversation: what its script called does. It may have been dropped since.
  const found = await Promise.all([...parents].slice(0, 50).map((traceId) => api.trace(traceId).catch(() => undefined)));
  for (const trace of found) if (trace !== undefined) traces.set(trace.traceId, trace);
  return {
    conversation,
    traces: [...traces.values()],
    messages,
    signals: lists.flatMap((list) => list.signals),
    transcripts: lists.flatMap((list) => list.transcripts),
  };
}

function backLink(page: Page): HTMLElement {
  return h(
    'a',
    { href: page.link({ view: 'conversations', conversation: undefined, trace: undefined }), class: 'back' },
    'All conversations',
  );
}

function contentOf(page: Page, parts: WayParts, refresh: Refresh): HTMLElement[] {
  const { conversation } = parts;
  const { conversationId, state } = conversation;
  const end = button('End it', () => {
    api.end(conversationId).then(
      () => {
        refresh.now();
      },
      (problem: unknown) => {
        page.say((problem as ApiError).message);
      },
    );
  });
  return [
    h(
      'header',
      {},
      h('div', {}, backLink(page), h('h2', { class: 'id' }, wire(conversationId), ' ', badge(state, state))),
      h(
        'div',
        { class: 'actions' },
        copyButton('Copy id', () => conversationId),
        ...(state === 'ended' ? [] : [end]),
      ),
    ),
    factsOf(conversation),
    h('h3', {}, 'Its way'),
    h('ol', { class: 'timeline' }, ...wayOf(parts).map((moment) => momentOf(page, moment))),
  ];
}

/** In characters: the metadata of a handover may hold all that was said. */
const LONGEST_FACT = 300;

function factsOf(conversation: Conversation): HTMLElement {
  const { contactId, masterContactId, channel, skillId, userId, metadata, attributes, bot, agent } = conversation;
  const facts: readonly (readonly [string, string])[] = [
    ['contact', contactId],
    ...(masterContactId === contactId ? [] : [['master contact', masterContactId] as const]),
    ['channel', channel],
    ['skill', skillId === null ? 'none' : String(skillId)],
    ...(userId === null ? [] : [['user', userId] as const]),
    ...(bot === undefined
      ? []
      : [
          [
            'bot',
            [bot.virtualAgent, plural(bot.turns, 'turn'), bot.branchName ?? 'no answer', bot.intent && `intent ${bot.intent}`]
              .filter(Boolean)
              .join(', '),
          ] as const,
        ]),
    ...(agent === undefined ? [] : [['agent', agent.name] as const]),
    ...(Object.keys(metadata).length === 0 ? [] : [['metadata', JSON.stringify(metadata)] as const]),
    ...Object.entries(attributes)
      .slice(0, 50)
      .map(([name, value]) => [`attribute ${name}`, value] as const),
  ];
  return h(
    'dl',
    { class: 'facts' },
    ...facts.map(([name, text]) => h('div', {}, h('dt', {}, wire(name)), h('dd', {}, longText(text, LONGEST_FACT)))),
  );
}

const MARKS = { state: '●', trace: '→', signal: '⚡', message: '“' } as const;

function momentOf(page: Page, { at, kind, title, text, side, trace }: Moment): HTMLElement {
  const shown = wire(title.length > 160 ? `${title.slice(0, 160)}…` : title);
  return h(
    'li',
    { class: [kind, side, trace?.outcome].filter(Boolean).join(' ') },
    clock(at),
    h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[kind]),
    h(
      'div',
      {},
      trace === undefined
        ? h('b', {}, shown)
        : h('a', { href: page.link({ view: 'traces', conversation: undefined, trace: trace.traceId }) }, shown),
      ...(text === '' ? [] : [h('p', {}, longText(text))]),
    ),
  );
}
