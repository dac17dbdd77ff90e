/** The page: puts its parts together, follows the traces, and shows what its address says. */
import type { Trace } from '../trace/trace.js';
import { fragmentOf, type Shown, shownIn } from './address.js';
import { conversationView } from './conversation.js';
import { conversationsView } from './conversations.js';
import { button, h } from './dom.js';
import { foldElsewhere } from './folded.js';
import { keys } from './keys.js';
import type { Page, Part } from './page.js';
import { tenantSwitch } from './tenant-switch.js';
import { themeButton } from './theme.js';
import { type Connection, HELD_BACK, TraceFollower } from './trace-follower.js';
import { traceList } from './trace-list.js';
import { traceView } from './trace-view.js';

/** In milliseconds: the list is drawn no more often, however many traces come. */
const DRAWN_AT_MOST_EVERY = 150;
/** In milliseconds. */
const SAID_FOR = 8000;

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'not connected, trying again …',
  silent: 'not live: read every few seconds',
};

let shown = shownIn(location.hash);
let paused = false;

const follower = new TraceFollower({
  onUpdate: () => {
    soon();
  },
  onChange: (trace) => {
    changed(trace);
  },
  onNote: (text) => {
    page.say(text);
  },
});

const page: Page = {
  get shown() {
    return shown;
  },
  cache: follower.cache,
  get total() {
    return follower.total;
  },
  get paused() {
    return paused;
  },
  link: (change) => fragmentOf({ ...shown, ...change }),
  go(change, replace = false) {
    const next = { ...shown, ...change };
    const address = fragmentOf(next);
    if (replace) history.replaceState(null, '', address);
    else if (address !== location.hash) history.pushState(null, '', address);
    show(next);
  },
  pause() {
    paused = !paused;
    draw();
  },
  loadMore() {
    return follower.loadAll().catch((problem: unknown) => {
      page.say((problem as Error).message);
    });
  },
  say(text) {
    said.textContent = text;
    said.hidden = false;
    clearTimeout(silence);
    silence = setTimeout(() => {
      said.hidden = true;
    }, SAID_FOR);
  },
};

let silence: ReturnType<typeof setTimeout> | undefined;
const said = h('div', { class: 'said', role: 'status', hidden: true });
const connection = h('span', { role: 'status' });
const list = traceList(page);
const trace = traceView(page, (traceId) => {
  list.focusRow(traceId);
});
const help = keys(page, list, trace);
const traces = h('div', { class: 'split' }, list.element, trace.element);
const views: Readonly<Record<Shown['view'], { readonly element: HTMLElement; readonly parts: readonly Part[] }>> = {
  traces: { element: traces, parts: [list, trace] },
  conversations: whole(conversationsView(page)),
  conversation: whole(conversationView(page)),
};
const tabs = {
  traces: h('a', { href: '#' }, 'Traces'),
  conversations: h('a', { href: '#view=conversations' }, 'Conversations'),
};
const main = h('main', { tabindex: '-1' });

document.querySelector('noscript')?.remove();
document.body.append(
  h(
    'header',
    { class: 'top' },
    h('h1', {}, 'cxone-emulator'),
    h('nav', { 'aria-label': 'Views' }, tabs.traces, tabs.conversations),
    connection,
    button('Reload', reload, { class: 'quiet', title: 'Reconnect and load everything again' }),
    h('span', { class: 'spring' }),
    tenantSwitch(),
    themeButton(),
    h('button', { type: 'button', class: 'quiet', on: { click: help.open }, 'aria-keyshortcuts': '?' }, 'Keys'),
  ),
  main,
  said,
  help.element,
);

function whole(part: Part): { readonly element: HTMLElement; readonly parts: readonly Part[] } {
  return { element: part.element, parts: [part] };
}

function show(next: Shown): void {
  const before = shown;
  shown = next;
  if (JSON.stringify(before.filters) !== JSON.stringify(next.filters)) follower.follow(next.filters);
  draw();
  changed();
}

function reload(): void {
  follower.follow(shown.filters);
  changed();
}

/** Parts that are not shown load again when they are shown. */
function changed(trace?: Trace): void {
  for (const part of views[shown.view].parts) part.changed?.(trace);
}

let drawing = false;
let drawnAt = -Infinity;

/** Draws once all that comes at the same time is there. */
function soon(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(
    () => {
      requestAnimationFrame(() => {
        drawing = false;
        draw();
      });
    },
    Math.max(0, drawnAt + DRAWN_AT_MOST_EVERY - performance.now()),
  );
}

function draw(): void {
  drawnAt = performance.now();
  const view = views[shown.view];
  if (view.element.parentElement !== main) {
    const inside = main.contains(document.activeElement);
    main.replaceChildren(view.element);
    // A link in the view before led here.
    if (inside) main.focus({ preventScroll: true });
  }
  traces.classList.toggle('open', shown.trace !== undefined);
  for (const part of view.parts) part.update();
  // Together with the list: where the page says that it is live, all that came is there.
  const { connection: connected } = follower;
  if (connection.textContent !== CONNECTIONS[connected]) connection.textContent = CONNECTIONS[connected];
  connection.title = connected === 'silent' ? HELD_BACK : '';
  connection.className = `connection ${connected}`;
  for (const [name, tab] of Object.entries(tabs)) {
    const current = name === 'traces' ? shown.view === 'traces' : shown.view !== 'traces';
    if (current) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  tabs.traces.href = page.link({ view: 'traces', conversation: undefined });
  tabs.conversations.href = page.link({ view: 'conversations', conversation: undefined });
  document.title = `${shown.view === 'traces' ? 'Traces' : 'Conversations'} · cxone-emulator`;
}

window.addEventListener('popstate', () => {
  show(shownIn(location.hash));
});

// Browsers open six connections to one server at most: a page that nobody looks at holds none, so that the seventh loads.
document.addEventListener('visibilitychange', () => {
  follower.follow(shown.filters);
});

foldElsewhere();
follower.follow(shown.filters);
show(shown);
