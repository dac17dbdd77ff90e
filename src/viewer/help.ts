/** The list of keys. */
import { button, h } from './dom.js';

export interface Key {
  readonly shown?: string;
  readonly what: string;
  readonly act: () => void;
}

export interface HelpDialog {
  readonly element: HTMLDialogElement;
  readonly open: () => void;
}

export function helpDialog(keys: Readonly<Record<string, Key>>): HelpDialog {
  const element = h('dialog', { class: 'help', 'aria-labelledby': 'help-title' });
  element.append(
    h('h2', { id: 'help-title' }, 'Keys'),
    h(
      'dl',
      {},
      ...Object.entries(keys).map(([key, { shown = key, what }]) =>
        h('div', {}, h('dt', {}, h('kbd', {}, shown)), h('dd', {}, what)),
      ),
    ),
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
