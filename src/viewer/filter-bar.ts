/** Search and filters of the list. What is set stands in the page's address. */
import { filterCount, type ServerFilter } from './address.js';
import { button, h, redraw, wire } from './dom.js';
import type { Page, Part } from './page.js';

/** In milliseconds, after the last key. */
const PATIENCE = 200;

/** In characters: the field has all of it. */
const LONGEST_CHIP = 80;

interface FilterBar extends Part {
  focusSearch(): void;
}

const LABELS: Readonly<Record<ServerFilter, string>> = {
  conversationId: 'conversation',
  contactId: 'contact',
  script: 'script',
  outcome: 'outcome',
  code: 'code',
  control: 'control API',
};

const OUTCOMES = ['', 'accepted', 'rejected', 'failed', 'running'];

export function filterBar(page: Page): FilterBar {
  const search = h('input', {
    type: 'search',
    id: 'search',
    class: 'search',
    placeholder: 'Search in what is listed',
    'aria-label': 'Search in what is listed',
    'aria-keyshortcuts': '/',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      page.go({ text: search.value }, true);
    }, PATIENCE);
  });

  const set = (name: ServerFilter, value: string): void => {
    const { [name]: _, ...others } = page.shown.filters;
    page.go({ filters: value === '' ? others : { ...others, [name]: value } });
  };
  const outcome = h(
    'select',
    { 'aria-label': 'Outcome' },
    ...OUTCOMES.map((value) => h('option', { value }, value === '' ? 'all outcomes' : value)),
  );
  outcome.addEventListener('change', () => {
    set('outcome', outcome.value);
  });
  const fields = (['conversationId', 'contactId', 'script', 'code'] as const).map((name) => {
    const input = h('input', { id: `filter-${name}`, autocomplete: 'off', spellcheck: 'false' });
    input.addEventListener('change', () => {
      set(name, input.value.trim());
    });
    return { name, input };
  });
  const control = h('input', { type: 'checkbox', id: 'filter-control' });
  control.addEventListener('change', () => {
    set('control', control.checked ? 'true' : '');
  });
  const more = h(
    'details',
    { class: 'filters' },
    h('summary', {}, 'Filters'),
    h(
      'div',
      { class: 'fields' },
      ...fields.flatMap(({ name, input }) => [h('label', { for: input.id }, LABELS[name]), input]),
      h('span', {}),
      h('label', { for: 'filter-control', class: 'check' }, control, ' calls of the control API, too'),
    ),
  );
  const chips = h('div', { class: 'chips' });
  const element = h('div', { class: 'filterbar', role: 'search' }, h('div', { class: 'line' }, search, outcome, more), chips);

  return {
    element,
    update() {
      const { shown } = page;
      if (document.activeElement !== search) search.value = shown.text;
      outcome.value = shown.filters.outcome ?? '';
      for (const { name, input } of fields) if (document.activeElement !== input) input.value = shown.filters[name] ?? '';
      control.checked = shown.filters.control === 'true';
      const set_ = Object.entries(shown.filters) as [ServerFilter, string][];
      const told = JSON.stringify(set_);
      if (chips.dataset.told === told) return;
      chips.dataset.told = told;
      chips.hidden = set_.length === 0;
      const inside = chips.contains(document.activeElement);
      redraw(
        chips,
        ...set_.map(([name, value]) =>
          h(
            'span',
            { class: 'chip' },
            name === 'control'
              ? LABELS[name]
              : `${LABELS[name]} ${wire(value.length > LONGEST_CHIP ? `${value.slice(0, LONGEST_CHIP)}…` : value)}`,
            button(
              '×',
              () => {
                set(name, '');
              },
              { 'aria-label': `Remove the filter ${LABELS[name]}` },
            ),
          ),
        ),
        ...(filterCount(shown) > 1
          ? [
              button(
                'Clear',
                () => {
                  page.go({ filters: {}, text: '' });
                },
                { class: 'quiet' },
              ),
            ]
          : []),
      );
      if (inside && !chips.contains(document.activeElement)) search.focus();
    },
    focusSearch() {
      search.focus();
      search.select();
    },
  };
}
