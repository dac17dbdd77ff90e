/** One trace: its cause on top, then the ladder of stages and actions, then what was sent and what was answered. */
import { ladderText } from '../trace/step-text.js';
import { type CallTold, cutNote, type Field, type Finding, type Ladder, ladderOf, type Rung } from '../trace/steps.js';
import type { Trace } from '../trace/trace.js';
import { api, type ApiError } from './api.js';
import { copyButton } from './copy.js';
import { curlOf } from './curl.js';
import { badge, button, h, longText, redraw, wire } from './dom.js';
import { laidOut } from './json-text.js';
import { excerpt, type Mark, markedBody } from './marked-body.js';
import type { Page, Part } from './page.js';
import { notThere, reading } from './placeholder.js';
import { refresher } from './refresher.js';
import { scenarioStepOf } from './scenario-step.js';
import { titleOf } from './trace-title.js';

export interface TraceViewPart extends Part {
  focus(): void;
}

/** `closed` hears of a trace that was closed from within. */
export function traceView(page: Page, closed: (traceId: string) => void): TraceViewPart {
  const element = h('section', { class: 'detail', 'aria-label': 'Trace', tabindex: '-1' });
  const hint = chooseOne();
  let drawn: Trace | undefined;
  let drawnIn = page.cache.start;
  /** Which one is read by itself, because the list does not hold it. */
  let asked: string | undefined;
  /** What the person unfolded stays so when a script goes on. */
  const unfolded = new Set<string>();

  /** The stream and an answer come by two ways: what comes later may be the older one. */
  const hear = (trace: Trace): void => {
    if (trace.traceId !== page.shown.trace) return;
    if (drawn?.traceId === trace.traceId && drawn.entries.length > trace.entries.length) return;
    draw(trace);
  };
  const ask = async (traceId: string): Promise<void> => {
    asked = traceId;
    redraw(element, back(page), reading('this trace'));
    try {
      const found = await api.trace(traceId);
      if (asked === traceId) hear(found);
    } catch (problem) {
      if (asked !== traceId) return;
      // Where the emulator was away, the next trace or connection asks again.
      if ((problem as ApiError).code === undefined) asked = undefined;
      redraw(element, back(page), notThere('h2', 'This trace', problem as ApiError));
    }
  };
  const askAgain = refresher(async () => {
    const traceId = drawn?.traceId;
    if (traceId === undefined) return;
    try {
      const found = await api.trace(traceId);
      if (drawnIn === page.cache.start) hear(found);
    } catch {
      // What is open stays so, though the emulator has let go of it.
    }
  });
  /** `heard` is the one that is shown, where the list may not hold it. */
  const draw = (heard?: Trace): void => {
    const { trace: wanted } = page.shown;
    if (wanted === undefined) {
      const left = element.contains(document.activeElement) ? (drawn?.traceId ?? asked) : undefined;
      if (hint.parentElement !== element) element.replaceChildren(hint);
      drawn = undefined;
      asked = undefined;
      if (left !== undefined) closed(left);
      return;
    }
    // What is open stays so, though the list has let go of it.
    const trace = page.cache.get(wanted) ?? heard ?? (drawn?.traceId === wanted ? drawn : undefined);
    if (trace === undefined) {
      drawn = undefined;
      if (asked !== wanted) void ask(wanted);
      return;
    }
    asked = undefined;
    if (trace === drawn || (trace.traceId === drawn?.traceId && JSON.stringify(trace) === JSON.stringify(drawn))) return;
    const another = trace.traceId !== drawn?.traceId;
    drawn = trace;
    drawnIn = page.cache.start;
    if (another) {
      unfolded.clear();
      // A link in the one before led here, or one in the list, which a narrow screen shows no more.
      const from = document.activeElement;
      if (element.contains(from) || from?.checkVisibility() === false) element.focus();
      element.replaceChildren(...contentOf(page, trace, unfolded));
      element.scrollTop = 0;
    } else redraw(element, ...contentOf(page, trace, unfolded));
  };
  return {
    element,
    update() {
      draw();
    },
    changed(trace) {
      // The list tells of those that it holds. With a seed another trace has the id of the open one after a restart.
      if (page.cache.get(page.shown.trace ?? '') !== undefined || (drawn !== undefined && drawnIn !== page.cache.start)) return;
      if (trace !== undefined) hear(trace);
      // While nobody told of it, its script may have gone on.
      else if (drawn?.outcome === 'running') askAgain();
    },
    focus() {
      element.focus();
    },
  };
}

function chooseOne(): HTMLElement {
  return h(
    'div',
    { class: 'nothing hint' },
    h('p', {}, 'Choose a trace on the left to see what happened to it, stage by stage, and why.'),
    h('p', {}, h('kbd', {}, 'j'), ' and ', h('kbd', {}, 'k'), ' go through them, ', h('kbd', {}, '?'), ' lists all keys.'),
  );
}

function back(page: Page): HTMLElement {
  return button(
    '← All traces',
    () => {
      page.go({ trace: undefined });
    },
    { class: 'quiet back' },
  );
}

function contentOf(page: Page, trace: Trace, unfolded: Set<string>): HTMLElement[] {
  const ladder = ladderOf(trace);
  return [
    back(page),
    head(page, trace, ladder),
    ...ladder.findings.map((finding) => card(page, trace, finding)),
    h(
      'section',
      { class: 'way', 'aria-label': 'Ladder' },
      h('h3', {}, 'Step by step'),
      h('ol', { class: 'ladder' }, ...ladder.rungs.map((rung, index) => rungOf(page, rung, index, unfolded))),
    ),
    h('div', { class: 'messages' }, requestOf(trace, ladder), responseOf(trace)),
  ];
}

function head(page: Page, trace: Trace, ladder: Ladder): HTMLElement {
  const curl = curlOf(trace, location.origin);
  const step = scenarioStepOf(trace);
  const facts: readonly Field[] = [{ name: 'trace', text: trace.traceId }, ...ladder.facts];
  return h(
    'header',
    { class: 'tracehead' },
    h('h2', {}, ...titleOf(trace)),
    h(
      'p',
      { class: 'verdict' },
      badge(trace.outcome, ladder.verdict),
      h('span', { class: 'muted' }, ` ${ladder.duration}, ${new Date(trace.startedAt).toLocaleString()}`),
    ),
    h('dl', { class: 'facts' }, ...facts.map((fact) => factOf(page, fact))),
    h(
      'div',
      { class: 'actions' },
      ...(curl === undefined ? [] : [copyButton('Copy as curl', () => curl, { 'aria-keyshortcuts': 'c' })]),
      ...(step === undefined ? [] : [copyButton('Copy as scenario step', () => step)]),
      copyButton('Copy as text', () => ladderText(trace)),
      copyButton('Copy link', () => `${location.origin}${location.pathname}#trace=${encodeURIComponent(trace.traceId)}`),
    ),
  );
}

function factOf(page: Page, { name, text }: Field): HTMLElement {
  const shown = wire(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  const filter = FILTERED_BY[name];
  const value =
    name === 'set going by'
      ? h('a', { href: page.link({ trace: text }) }, shown)
      : name === 'conversation'
        ? h('a', { href: page.link({ view: 'conversation', conversation: text, trace: undefined }), title: 'its way' }, shown)
        : h('span', {}, shown);
  return h(
    'div',
    {},
    h('dt', {}, name),
    h(
      'dd',
      {},
      value,
      ...(filter === undefined
        ? []
        : [
            button(
              'filter',
              () => {
                page.go({ view: 'traces', filters: { ...page.shown.filters, [filter]: text } });
              },
              { class: 'quiet', 'aria-label': `Only those of this ${name}` },
            ),
          ]),
    ),
  );
}

const FILTERED_BY: Readonly<Record<string, 'conversationId' | 'contactId' | 'script' | undefined>> = {
  conversation: 'conversationId',
  contact: 'contactId',
  script: 'script',
};

function card(page: Page, { request }: Trace, { label, level, code, message, fields, entry }: Finding): HTMLElement {
  const inBody =
    level !== 'info' && entry.in === 'body' && request.body !== null
      ? excerpt(request.body, markOf(entry, code, level))
      : undefined;
  const linked = (entry.calls ?? []).flatMap(({ traceId }) => (traceId === null ? [] : [traceId]));
  return h(
    'section',
    { class: `card ${level}`, 'aria-label': label },
    h('h3', {}, h('span', { class: 'label' }, label), ' ', h('code', { class: 'code' }, code)),
    h('p', { class: 'message' }, wire(message)),
    h(
      'dl',
      {},
      ...fields.map(({ name, text }) =>
        h(
          'div',
          { class: name.replace(' ', '-') },
          h('dt', {}, name),
          h('dd', {}, longText(text), ...(name === 'where' && inBody !== undefined ? [inBody] : [])),
        ),
      ),
      ...linked.map((traceId) =>
        h('div', {}, h('dt', {}, 'its call'), h('dd', {}, h('a', { href: page.link({ trace: traceId }) }, `trace ${traceId}`))),
      ),
    ),
  );
}

function markOf({ pointer, message }: Finding['entry'], code: string, level: string): Mark {
  const [, line, column] = code === 'BODY_NOT_JSON' ? (/line (\d+), column (\d+)/.exec(message) ?? []) : [];
  const at = line === undefined ? {} : { at: { line: Number(line), column: Number(column) } };
  return { pointer: pointer ?? '', level, code, ...at };
}

function rungOf(page: Page, rung: Rung, index: number, unfolded: Set<string>): HTMLElement {
  const { at, level, step, isAction, code, text, branch, variables, calls } = rung;
  const [name, type] = isAction ? splitAction(step) : [step, ''];
  return h(
    'li',
    { class: `${level}${isAction ? ' action' : ''}` },
    h('span', { class: 'at' }, at),
    h('span', { class: 'step' }, wire(name), ...(type === '' ? [] : [h('small', {}, wire(type))])),
    h(
      'div',
      { class: 'told' },
      ...(code === null ? [] : [h('code', { class: 'code' }, code), ' ']),
      longText(text),
      ...(branch === undefined ? [] : [' ', h('span', { class: 'branch' }, `→ ${wire(branch)}`)]),
      ...(variables.length === 0 ? [] : [variablesOf(variables, `v${String(index)}`, unfolded)]),
      ...calls.map((call, place) => callOf(page, call, `c${String(index)}.${String(place)}`, unfolded)),
    ),
  );
}

/** `Lookup (RESTAPI)` */
function splitAction(step: string): readonly [string, string] {
  const [, name = step, type = ''] = /^(.*) \(([A-Z]+)\)$/.exec(step) ?? [];
  return [name, type];
}

function unfolding(key: string, unfolded: Set<string>, summary: HTMLElement, ...inside: HTMLElement[]): HTMLElement {
  const details = h('details', { open: unfolded.has(key) }, summary, ...inside);
  details.addEventListener('toggle', () => {
    if (details.open) unfolded.add(key);
    else unfolded.delete(key);
  });
  return details;
}

function variablesOf(variables: readonly Field[], key: string, unfolded: Set<string>): HTMLElement {
  const [only] = variables;
  if (variables.length === 1 && only !== undefined && only.text.length < 100)
    return h('p', { class: 'variable' }, h('span', {}, wire(only.name)), ' = ', longText(only.text));
  const names = variables.map(({ name }) => name).join(', ');
  return unfolding(
    key,
    unfolded,
    h(
      'summary',
      {},
      h('span', { class: 'muted' }, variables.length === 1 ? 'variable ' : `${String(variables.length)} variables `),
      wire(names),
    ),
    h(
      'dl',
      { class: 'variables' },
      ...variables.map(({ name, text }) => h('div', {}, h('dt', {}, wire(name)), h('dd', {}, longText(laidOut(text) ?? text)))),
    ),
  );
}

function callOf(
  page: Page,
  { title, answer, duration, traceId, call }: CallTold,
  key: string,
  unfolded: Set<string>,
): HTMLElement {
  const failed = call.response === null || call.response.status >= 400;
  return unfolding(
    key,
    unfolded,
    h(
      'summary',
      { class: 'call' },
      h('span', { class: 'muted' }, 'call '),
      wire(title),
      ' ',
      badge(failed ? 'rejected' : 'accepted', answer),
      h('span', { class: 'muted' }, ` ${duration}`),
    ),
    ...(traceId === null
      ? []
      : [
          h(
            'p',
            {},
            h(
              'a',
              { href: page.link({ trace: traceId }), class: 'linked' },
              `Open what the emulator made of it: trace ${traceId}`,
            ),
          ),
        ]),
    h(
      'div',
      { class: 'messages' },
      messageOf('What it sent', call.request.headers, call.request.body),
      call.response === null
        ? h('p', {}, 'No answer came.')
        : messageOf(`What came back: ${String(call.response.status)}`, call.response.headers, call.response.body),
    ),
  );
}

function messageOf(title: string, headers: Readonly<Record<string, string>>, body: string | null): HTMLElement {
  return h(
    'section',
    {},
    h('h4', {}, title),
    headersOf(headers),
    body === null ? noBody() : markedBody(body, [], `${title}: body`),
  );
}

function noBody(): HTMLElement {
  return h('p', { class: 'muted' }, 'No body.');
}

function headersOf(headers: Readonly<Record<string, string>>, marked?: string): HTMLElement {
  const lines = Object.entries(headers);
  if (lines.length === 0) return h('p', { class: 'muted' }, 'No headers.');
  return h(
    'dl',
    { class: 'headers' },
    ...lines.map(([name, value]) =>
      h(
        'div',
        {},
        h('dt', {}, wire(name)),
        h('dd', {}, name === marked ? h('mark', { class: 'error' }, wire(value)) : longText(value)),
      ),
    ),
  );
}

function requestOf({ request }: Trace, { findings }: Ladder): HTMLElement {
  const marks = findings.filter(({ entry }) => entry.in === 'body').map(({ entry, code, level }) => markOf(entry, code, level));
  const header = findings.find(({ entry }) => entry.in === 'header')?.entry.pointer?.slice(1);
  const cut = cutNote(request);
  return h(
    'section',
    { class: 'message-in', 'aria-label': 'Request' },
    h('h3', {}, 'Request'),
    headersOf(request.headers, header),
    ...(header === undefined || header in request.headers ? [] : [h('p', { class: 'missing' }, `${wire(header)} is missing`)]),
    request.body === null ? noBody() : markedBody(request.body, marks, 'Body of the request'),
    ...(cut === undefined ? [] : [h('p', { class: 'muted' }, `This is ${cut}.`)]),
  );
}

function responseOf({ response }: Trace): HTMLElement {
  return h(
    'section',
    { class: 'message-out', 'aria-label': 'Response' },
    h('h3', {}, response === null ? 'Response' : `Response ${String(response.status)}`),
    ...(response === null
      ? [h('p', { class: 'muted' }, 'Nobody got an answer.')]
      : [headersOf(response.headers), response.body === null ? noBody() : markedBody(response.body, [], 'Body of the response')]),
  );
}
