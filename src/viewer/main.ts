/** The page: puts its parts together, follows the traces, and shows what its address says. */
import type { Trace } from '../trace/trace.js';
import { fragmentOf, type Shown, shownIn } from './address.js';
import { Book } from './book.js';
import { conversationView } from './conversation.js';
import { conversationsView } from './conversations.js';
import { h } from './dom.js';
import { type Connection, Feed, HELD_BACK } from './feed.js';
import { foldElsewhere } from './folded.js';
import { keys } from './keys.js';
import type { Page, Part } from './page.js';
import { tenantSwitch } from './tenant-switch.js';
import { themeButton } from './theme.js';
import { traceList } from './trace-list.js';
import { traceView } from './trace-view.js';

/** In milliseconds: the list is drawn no more often, however many traces come. */
const DRAWN_AT_MOST_EVERY = 150;
/** In milliseconds. */
const SAID_FOR = 8000;
/** As many as the page holds. */
const MOST = 1000;

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'not connected, trying again …',
  silent: 'not live: read every few seconds',
};

let shown = shownIn(location.hash);
let total: number | undefined;
let paused = false;
let connected: Connection = 'connecting';
const book = new Book();

const feed = new Feed({
  get held() {
    return book.entries.length;
  },
  onTrace(trace, start, size) {
    if (book.add(trace, start, size) && total !== undefined) total += 1;
    if (shown.view === 'traces') soon();
  },
  onOther(trace, start) {
    if (!book.forget(trace.traceId, start)) return;
    if (total !== undefined) total -= 1;
    soon();
  },
  onNewest(traces, start) {
    book.renew(traces, start);
    soon();
  },
  onChange: (trace) => {
    changed(trace);
  },
  onReset(trace, start) {
    book.forgetBefore(trace, start);
    total = book.entries.length;
    page.say('The tenant is as on the first day.');
    soon();
  },
  onConnection(now) {
    connected = now;
    soon();
    if (now === 'live' || now === 'silent') changed();
  },
  onTotal(number) {
    total = number;
    soon();
  },
  onNote: (text) => {
    page.say(text);
  },
  onRestart() {
    page.say('The emulator was started anew.');
  },
});

const page: Page = {
  get shown() {
    return shown;
  },
  book,
  get total() {
    return total;
  },
  get start() {
    return feed.start;
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
    return feed.load(MOST).catch((problem: unknown) => {
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
  if (JSON.stringify(before.filters) !== JSON.stringify(next.filters)) {
    book.clear();
    total = undefined;
    if (!document.hidden) feed.follow(next.filters);
  }
  draw();
  changed();
}

/** What is not shown reads anew when it is shown again. */
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
  if (document.hidden) feed.stop();
  else feed.follow(shown.filters);
});

foldElsewhere();
if (!document.hidden) feed.follow(shown.filters);
show(shown);
