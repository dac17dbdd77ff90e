/** Makes elements. Whatever came over the wire becomes text in them, never markup, and what would turn its direction is shown as an escape. */
import { printable } from '../shared/printable.js';

export type Child = Node | string | undefined;

interface Made {
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly [attribute: string]: unknown;
}

/** An element with its attributes; undefined and false leave one out, true sets it empty. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { on = {}, ...attributes }: Made = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Text from the wire on one line. */
export function wire(text: string): string {
  return printable(text);
}

/** Text from the wire that may have several lines. */
export function wireLines(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

/** In characters. More is shown when asked for, so that a megabyte does not stop the page. */
const SHOWN_AT_FIRST = 2000;

/** A text from the wire, of which the beginning is shown where it is long. */
export function longText(text: string, atFirst = SHOWN_AT_FIRST): HTMLElement {
  if (text.length <= atFirst) return h('span', { class: 'wire' }, wireLines(text));
  const whole = h('span', { class: 'wire' }, wireLines(text.slice(0, atFirst)), '… ');
  const more = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          whole.replaceChildren(wireLines(text));
          whole.tabIndex = -1;
          whole.focus({ preventScroll: true });
        },
      },
    },
    `Show all ${text.length.toLocaleString('en')} characters`,
  );
  whole.append(more);
  return whole;
}

export function button(label: string, click: () => void, attributes: Made = {}): HTMLButtonElement {
  return h('button', { type: 'button', on: { click }, ...attributes }, label);
}

/** The local time of day, such as 09:30:00. */
export function timeOfDay(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((number) => String(number).padStart(2, '0')).join(':');
}

/** The local time of day, to the millisecond, with the whole time as its title. */
export function clock(at: string): HTMLElement {
  const date = new Date(at);
  const text = `${timeOfDay(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return h('time', { datetime: at, title: at }, text);
}

/** The local day, in words: the tenant's clock may have been moved by days, or set back. */
export function dayOf(at: string): string {
  return new Date(at).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** Whether both are of the same local day. */
export function isSameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** A mark and a word: what became of something is never told by its colour alone. */
export function badge(kind: string, text: string): HTMLElement {
  return h('span', { class: `badge ${kind}` }, text);
}

const CONTROLS = 'a[href], button:not(:disabled), summary, input, pre[tabindex]';

/** Replaces the children and keeps the focus: on the control with the same name or, if that is gone, on the one in its place. */
export function redraw(element: HTMLElement, ...children: readonly (Node | string)[]): void {
  const controls = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(CONTROLS)];
  const nameOf = (control: HTMLElement | undefined): string | null | undefined =>
    control?.getAttribute('aria-label') ?? control?.textContent;
  const before = controls();
  const at = before.findIndex((control) => control === document.activeElement);
  const name = nameOf(before[at]);
  element.replaceChildren(...children);
  if (at === -1) return;
  const after = controls();
  (after.find((control) => nameOf(control) === name) ?? after[Math.min(at, after.length - 1)])?.focus();
}
