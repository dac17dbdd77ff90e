/** The list of keys. */
import { button, h } from './dom.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['j', 'the next trace, which is older'],
  ['k', 'the one before'],
  ['Enter', 'go into the trace that is open'],
  ['Esc', 'close the trace'],
  ['/', 'search'],
  ['p', 'pause, and go on'],
  ['c', 'copy the request as curl'],
  ['?', 'this list'],
];

export function helpDialog(): { readonly element: HTMLDialogElement; readonly open: () => void } {
  const element = h('dialog', { class: 'help', 'aria-labelledby': 'help-title' });
  element.append(
    h('h2', { id: 'help-title' }, 'Keys'),
    h('dl', {}, ...KEYS.map(([key, what]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)))),
    button('Close', () => {
      element.close();
    }),
  );
  return {
    element,
    open: () => {
      element.showModal();
    },
  };
}
