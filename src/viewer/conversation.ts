/** One conversation: how it stands, and its way from the bot to the agent as a time line. */
import { api, type ApiError } from './api.js';
import { ConversationLoader } from './conversation-loader.js';
import { copyButton } from './copy.js';
import { badge, button, clock, dayOf, h, isSameDay, longText, redraw, wire } from './dom.js';
import type { Page, Part } from './page.js';
import { notThere, reading } from './placeholder.js';
import { plural } from './plural.js';
import type { Conversation } from './records.js';
import { afterNextWait, refresher } from './refresher.js';
import { type Moment, wayOf, type WayParts } from './timeline.js';

export function conversationView(page: Page): Part {
  const element = h('section', { class: 'sheet', 'aria-label': 'Conversation' });
  let loader: ConversationLoader | undefined;
  /** As JSON. */
  let drawn: string | undefined;
  const refresh = refresher(async () => {
    const asked = loader;
    if (asked === undefined) return;
    try {
      // The clock first: what is due after it was read is read again.
      const clock = await api.clock();
      const parts = await asked.load();
      if (asked !== loader) return;
      wait(clock);
      const json = JSON.stringify(parts);
      if (json === drawn) return;
      drawn = json;
      redraw(element, ...contentOf(page, parts, refresh));
    } catch (caught) {
      if (asked !== loader) return;
      const problem = caught as ApiError;
      // What was read stays in sight while the emulator is away.
      if (problem.code === undefined && drawn !== undefined) {
        page.say(problem.message);
        return;
      }
      drawn = undefined;
      const named = page.link({ view: 'traces', conversation: undefined, filters: { conversationId: asked.id } });
      inPlaceOf(
        asked.id,
        notThere('h3', 'This conversation', problem, h('p', {}, h('a', { href: named }, 'Traces that name it'))),
      );
    }
  });
  const wait = afterNextWait(element, refresh);
  const inPlaceOf = (id: string, what: HTMLElement): void => {
    redraw(element, h('header', {}, h('h2', {}, wire(id)), backLink(page)), what);
  };
  return {
    element,
    update() {
      const { conversation: id } = page.shown;
      if (id === loader?.id) return;
      loader = id === undefined ? undefined : new ConversationLoader(id);
      drawn = undefined;
      if (id === undefined) return;
      inPlaceOf(id, reading('its way'));
      refresh();
    },
    changed(trace) {
      loader?.changed(trace);
      refresh();
    },
  };
}

function backLink(page: Page): HTMLElement {
  return h(
    'a',
    { href: page.link({ view: 'conversations', conversation: undefined, trace: undefined }), class: 'back' },
    'All conversations',
  );
}

function contentOf(page: Page, parts: WayParts, refresh: () => void): HTMLElement[] {
  const { conversation } = parts;
  const { conversationId, state } = conversation;
  const end = button('End it', () => {
    api.end(conversationId).then(refresh, (problem: unknown) => {
      page.say((problem as ApiError).message);
    });
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
    h('ol', { class: 'timeline' }, ...momentsOf(page, wayOf(parts))),
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

/** Of one that took more than a day, each day has its name above. */
function momentsOf(page: Page, moments: readonly Moment[]): HTMLElement[] {
  const [first] = moments;
  const several = moments.some(({ at }) => first !== undefined && !isSameDay(at, first.at));
  return moments.flatMap((moment, index) => {
    const before = moments[index - 1];
    const begins = several && (before === undefined || !isSameDay(before.at, moment.at));
    return [...(begins ? [h('li', { class: 'day' }, dayOf(moment.at))] : []), momentOf(page, moment)];
  });
}

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
