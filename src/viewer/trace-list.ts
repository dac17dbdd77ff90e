/** The list of traces, newest first: what came, when, what became of it and why. */
import { milliseconds, statusOf } from '../trace/steps.js';
import { causeOf, type Trace, warningsOf } from '../trace/trace.js';
import { filterCount } from './address.js';
import { badge, button, clock, dayOf, h, isSameDay, wire } from './dom.js';
import { filterBar } from './filter-bar.js';
import type { Page, Part } from './page.js';
import { plural } from './plural.js';
import { holds } from './search.js';
import type { Entry } from './trace-cache.js';
import { welcome } from './welcome.js';

/** So many rows at most; the search finds those beyond. */
const MOST_ROWS = 300;
/** In characters: the title has all of it. */
const LONGEST_PATH = 160;

export interface TraceListPart extends Part {
  /** Goes to the next or the one before, seen from the one that is open. */
  step(by: 1 | -1): void;
  focusSearch(): void;
  /** Of this trace; where the list does not show it, its last one. */
  focusRow(traceId: string): void;
}

export function traceList(page: Page): TraceListPart {
  const rows = new Map<string, { readonly entry: Entry; readonly row: HTMLLIElement }>();
  const list = h('ol', { class: 'rows' });
  const empty = h('div', { class: 'empty', hidden: true });
  const count = h('p', { class: 'count' });
  const pause = button('Pause', page.pause.bind(page), { class: 'pause', 'aria-keyshortcuts': 'p' });
  const more = button('', () => {
    void page.loadMore().then(() => {
      // Whoever asks for more while it is paused sees what is there by now.
      held = undefined;
    });
  });
  const rest = h('p', { class: 'muted' });
  const bar = filterBar(page);
  const element = h(
    'section',
    { class: 'list', 'aria-label': 'Traces' },
    bar.element,
    h('div', { class: 'listhead' }, count, pause),
    h('div', { class: 'scroll' }, list, empty, h('div', { class: 'more' }, rest, more)),
  );
  let listed: readonly Entry[] = [];
  /** What is listed while it is paused. */
  let held: readonly Entry[] | undefined;
  let emptyFor = '';
  let current: HTMLElement | undefined;

  const focusSearch = (): void => {
    bar.focusSearch();
  };
  const focusRow = (traceId: string): void => {
    const row = rows.get(traceId)?.row ?? list.lastElementChild;
    row?.querySelector('a')?.focus({ preventScroll: true });
  };
  const draw = (entries: readonly Entry[]): void => {
    const wanted = new Set(entries.map(({ trace }) => trace.traceId));
    for (const [id, { row }] of rows)
      if (!wanted.has(id)) {
        row.remove();
        rows.delete(id);
      }
    let place = list.firstElementChild;
    entries.forEach((entry, index) => {
      const older = entries[index + 1];
      const below = older === undefined ? '' : belowOf(entry, older);
      let known = rows.get(entry.trace.traceId);
      if (known?.entry.trace !== entry.trace || known.row.dataset.below !== below) {
        const row = rowOf(page, entry.trace, below);
        if (known?.row === place) place = place.nextElementSibling;
        known?.row.remove();
        known = { entry, row };
        rows.set(entry.trace.traceId, known);
      }
      if (known.row === place) place = place.nextElementSibling;
      else list.insertBefore(known.row, place);
    });
  };
  /** The focus stays with its row, also where that is made anew; where the row goes, the last one has it. */
  const redrawn = (entries: readonly Entry[]): void => {
    const focused = [...rows].find(([, { row }]) => row.contains(document.activeElement))?.[0];
    draw(entries);
    if (focused !== undefined && !list.contains(document.activeElement)) focusRow(focused);
  };
  const mark = (): void => {
    const row = rows.get(page.shown.trace ?? '')?.row.querySelector('a') ?? undefined;
    if (row === current && row?.hasAttribute('aria-current') !== false) return;
    current?.removeAttribute('aria-current');
    row?.setAttribute('aria-current', 'true');
    current = row;
  };

  return {
    element,
    update() {
      const { cache, shown, paused, total } = page;
      // With other filters it stands still once what fits them is read.
      if (!paused || total === undefined) held = undefined;
      else held ??= cache.entries;
      const source = held ?? cache.entries;
      const fitting = shown.text === '' ? source : source.filter(({ trace }) => holds(trace, shown.text));
      listed = fitting.slice(0, MOST_ROWS);
      redrawn(listed);
      mark();
      bar.update();

      const startOf = new Map(source.map(({ trace: { traceId }, start }) => [traceId, start]));
      const fresh = cache.entries.filter(({ trace: { traceId }, start }) => startOf.get(traceId) !== start).length;
      pause.textContent = paused ? `Resume${fresh === 0 ? '' : ` (${String(fresh)} new)`}` : 'Pause';
      pause.setAttribute('aria-pressed', String(paused));
      const all = shown.text === '' ? Math.max(total ?? 0, fitting.length) : cache.entries.length;
      count.textContent =
        total === undefined && listed.length === 0
          ? 'Not read yet'
          : listed.length === all
            ? plural(all, 'trace')
            : `${listed.length.toLocaleString('en')} of ${plural(all, 'trace')}`;
      rest.hidden = listed.length === fitting.length;
      rest.textContent = `The newest ${plural(listed.length, 'trace')} are shown: search and filters find the others.`;
      more.hidden = (total ?? 0) <= cache.entries.length || cache.entries.length >= 1000;
      more.textContent = `Read up to 1,000 of the ${plural(total ?? 0, 'trace')} that are kept`;

      empty.hidden = listed.length > 0 || total === undefined;
      const state = `${String(filterCount(shown) > 0)} ${String(cache.entries.length)}`;
      if (empty.hidden) emptyFor = '';
      else if (emptyFor !== state) {
        emptyFor = state;
        empty.replaceChildren(filterCount(shown) > 0 ? nothingFits(page, focusSearch) : welcome());
      }
    },
    step(by) {
      const at = listed.findIndex(({ trace }) => trace.traceId === page.shown.trace);
      const next = listed[at === -1 ? 0 : at + by];
      if (next === undefined) return;
      const here = list.contains(document.activeElement);
      page.go({ trace: next.trace.traceId }, page.shown.trace !== undefined);
      if (here) focusRow(next.trace.traceId);
      rows.get(next.trace.traceId)?.row.scrollIntoView({ block: 'nearest' });
    },
    focusSearch,
    focusRow,
  };
}

function nothingFits(page: Page, focusSearch: () => void): HTMLElement {
  return h(
    'div',
    { class: 'nothing' },
    h('h2', {}, 'No trace fits these filters'),
    h('p', {}, 'The emulator keeps the newest traces only, and a reset clears them. What comes and fits is shown here at once.'),
    button('Clear the filters', () => {
      page.go({ filters: {}, text: '' });
      focusSearch();
    }),
  );
}

/** What parts a row from the next one: times of day alone would tell them to be of one day and one start. */
function belowOf({ trace, start }: Entry, older: Entry): string {
  return [
    older.start === start ? '' : 'The emulator restarted; the traces below are from before.',
    isSameDay(older.trace.startedAt, trace.startedAt) ? '' : `What is below is of ${dayOf(older.trace.startedAt)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function rowOf(page: Page, trace: Trace, below: string): HTMLLIElement {
  const { request, traceId, outcome, script, conversationId, contactId, parent, tenant } = trace;
  const cause = causeOf(trace);
  const warnings = warningsOf(trace);
  const path = withoutTenant(request.path, tenant);
  const about = [script === null ? '' : `script ${script}`, conversationId ?? (contactId === null ? '' : `contact ${contactId}`)];
  const link = h(
    'a',
    {
      class: `row ${outcome}`,
      href: `#trace=${encodeURIComponent(traceId)}`,
      on: {
        click: (event) => {
          const { ctrlKey, metaKey, shiftKey, button: pressed } = event as MouseEvent;
          if (ctrlKey || metaKey || shiftKey || pressed !== 0) return;
          event.preventDefault();
          page.go({ trace: traceId });
        },
      },
    },
    clock(trace.startedAt),
    h(
      'span',
      { class: 'line' },
      h(
        'span',
        { class: 'what', title: wire(request.path.slice(0, 2000)) },
        ...(parent === null ? [] : [h('span', { class: 'child', title: 'a script did this' }, '↳ ')]),
        h('b', {}, wire(request.method)),
        ` ${wire(path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path)}`,
      ),
      badge(outcome, statusOf(trace).replace(/^(\d+)$/, outcome === 'accepted' ? '$1' : `$1 ${outcome}`)),
    ),
    h(
      'span',
      { class: 'line' },
      h('span', { class: 'about' }, wire(about.filter(Boolean).join(' · '))),
      h(
        'span',
        { class: 'why' },
        ...(cause?.code == null
          ? warnings.length === 0
            ? [h('span', { class: 'took' }, milliseconds(trace.durationMs))]
            : [h('span', { class: 'warned' }, `▲ ${[...new Set(warnings.map(({ code }) => code ?? ''))].join(', ')}`)]
          : [cause.code]),
      ),
    ),
  );
  const row = h('li', {}, link, below === '' ? undefined : h('p', { class: 'below' }, below));
  row.dataset.below = below;
  return row;
}

function withoutTenant(path: string, tenant: string): string {
  return path.startsWith(`/t/${tenant}/`) ? path.slice(tenant.length + 3) : path;
}
