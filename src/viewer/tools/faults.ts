/** The faults that are set: how often each fired, an end to one or to all, and a simple one to add. */
import { api, type ApiError } from '../api.js';
import { kindOf } from '../control-call.js';
import { button, h, longText, redraw } from '../dom.js';
import type { Page } from '../page.js';
import { plural } from '../plural.js';
import type { Fault, FaultSetting } from '../records.js';
import type { ToolMaker } from './tool.js';

export const faultsTool: ToolMaker = (page, done) => {
  const summary = h('summary', {}, 'Faults');
  const list = h('div', { class: 'known' });
  let drawn = '';
  const read = async (): Promise<void> => {
    const { items } = await api.faults();
    const told = JSON.stringify(items);
    if (told === drawn) return;
    drawn = told;
    summary.textContent = items.length === 0 ? 'Faults' : `Faults (${String(items.length)})`;
    redraw(list, ...contentOf(items, end));
  };
  const end = (work: Promise<undefined>): void => {
    work
      .catch((problem: unknown) => {
        page.say((problem as ApiError).message);
      })
      .finally(done);
  };
  const calls = h('input', {
    id: 'fault-calls',
    list: 'fault-called',
    placeholder: 'all',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const called = h('datalist', { id: 'fault-called' });
  const status = h('input', { id: 'fault-status', value: '500', inputmode: 'numeric', autocomplete: 'off' });
  const times = h('input', { id: 'fault-times', placeholder: 'always', inputmode: 'numeric', autocomplete: 'off' });
  const form = h(
    'form',
    { class: 'fields' },
    h('label', { for: calls.id }, 'operation or path'),
    calls,
    h('label', { for: status.id }, 'status'),
    status,
    h('label', { for: times.id }, 'times'),
    times,
    h('span', {}),
    h('button', { type: 'submit', class: 'main' }, 'Have them fail'),
    called,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    api
      .addFault({
        ...given(calls.value.trim().startsWith('/') ? 'path' : 'operationId', calls.value),
        ...given('status', status.value),
        ...given('times', times.value),
      })
      .then(done, (problem: unknown) => {
        page.say((problem as ApiError).message);
      });
  });
  const element = h('details', { class: 'tool faults' }, summary, h('div', { class: 'box' }, list, form));
  element.addEventListener('toggle', () => {
    if (!element.open) return;
    called.replaceChildren(...operationsIn(page).map((value) => h('option', { value })));
    done();
  });
  return { element, read };
};

/** What is no number is sent as it was written: the control API says what it expects. */
function given(name: string, value: string): Readonly<Record<string, unknown>> {
  const text = value.trim();
  return text === '' ? {} : { [name]: name !== 'operationId' && /^\d{1,9}$/.test(text) ? Number(text) : text };
}

/** Those of the platform that were called lately. */
function operationsIn({ cache }: Page): string[] {
  const platform = cache.entries.filter(({ trace }) => kindOf(trace) === 'platform');
  return [...new Set(platform.flatMap(({ trace }) => trace.operationId ?? []))].sort();
}

function contentOf(items: readonly Fault[], end: (work: Promise<undefined>) => void): HTMLElement[] {
  if (items.length === 0) return [h('p', {}, 'No call fails on purpose.')];
  return [
    h(
      'ul',
      {},
      ...items.map(({ faultId, seen, fired, setting }) =>
        h(
          'li',
          {},
          h(
            'div',
            {},
            h('b', {}, longText(aboutOf(setting))),
            ' ',
            longText(effectOf(setting)),
            h(
              'p',
              { class: 'muted' },
              `${faultId}: ${seen === 0 ? 'no call yet' : `fired at ${String(fired)} of ${plural(seen, 'call')}`}`,
            ),
          ),
          button(
            'Remove',
            () => {
              end(api.removeFault(faultId));
            },
            { 'aria-label': `Remove ${faultId}` },
          ),
        ),
      ),
    ),
    button('Remove all', () => {
      end(api.removeFaults());
    }),
  ];
}

function aboutOf({ operationId, method, path, contactId, conversationId }: FaultSetting): string {
  const parts = [
    operationId ?? '',
    [method, path].filter(Boolean).join(' '),
    contactId === undefined ? '' : `contact ${contactId}`,
    conversationId === undefined ? '' : `conversation ${conversationId}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'all calls' : parts.join(', ');
}

function effectOf({ status, effect, performed, latency, nth, times, probability }: FaultSetting): string {
  return [
    status === undefined ? '' : String(status),
    `${effect ?? ''}${performed === true ? ', carried out' : ''}`,
    latency === undefined ? '' : `${latency.toLocaleString('en')} ms late`,
    nth === undefined ? '' : `from call ${String(nth)} on`,
    times === undefined ? '' : `${String(times)} ${times === 1 ? 'time' : 'times'}`,
    probability === undefined ? '' : `with a chance of ${String(probability)}`,
  ]
    .filter(Boolean)
    .join(', ');
}
