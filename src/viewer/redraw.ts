/** Draws a part of the page anew without taking the keyboard's focus away from what the person is at. */

const CONTROLS = 'a[href], button:not(:disabled), summary, input, pre[tabindex]';

/** Where a control in it has the focus, its like has it afterwards; where that is gone, the one in its place. */
export function redraw(element: HTMLElement, ...children: readonly (Node | string)[]): void {
  const before = controlsIn(element);
  const at = before.findIndex((control) => control === document.activeElement);
  const name = nameOf(before[at]);
  element.replaceChildren(...children);
  if (at === -1) return;
  const after = controlsIn(element);
  (after.find((control) => nameOf(control) === name) ?? after[Math.min(at, after.length - 1)])?.focus();
}

function controlsIn(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(CONTROLS)];
}

function nameOf(control: HTMLElement | undefined): string | undefined {
  return control?.getAttribute('aria-label') ?? control?.textContent;
}
