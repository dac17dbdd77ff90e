/** What stands in the place of something while it is read, or where it cannot be. */
import type { ApiError } from './api.js';
import { h, wire } from './dom.js';

/** On a slow line nothing else would say that something is on its way. */
export function reading(what: string): HTMLElement {
  return h('div', { class: 'nothing' }, h('p', { role: 'status' }, `Reading ${what} …`));
}

/** `what` is said not to be there only where the emulator itself said so. */
export function notThere(level: 'h2' | 'h3', what: string, problem: ApiError, ...further: readonly HTMLElement[]): HTMLElement {
  const title = problem.code === undefined ? `${what} cannot be read now` : `${what} is not there`;
  return h('div', { class: 'nothing' }, h(level, {}, title), h('p', {}, wire(problem.message)), ...further);
}
