/** The keys: what each does, and the list of them. */
import { foldAround } from './folded.js';
import { helpDialog, type HelpDialog, type Key } from './help.js';
import type { Page } from './page.js';
import type { TraceListPart } from './trace-list.js';
import type { TraceViewPart } from './trace-view.js';

/** Listens to them from now on; each does nothing while something is typed. */
export function keys(page: Page, list: TraceListPart, trace: TraceViewPart): HelpDialog {
  const acts: Readonly<Record<string, Key>> = {
    j: {
      what: 'the next trace, which is older',
      act: () => {
        list.step(1);
      },
    },
    k: {
      what: 'the one before',
      act: () => {
        list.step(-1);
      },
    },
    Enter: {
      what: 'go into the trace that is open',
      act: () => {
        trace.focus();
      },
    },
    Escape: {
      shown: 'Esc',
      what: 'close the trace',
      act: () => {
        if (page.shown.trace !== undefined) page.go({ trace: undefined });
      },
    },
    '/': {
      what: 'search',
      act: () => {
        list.focusSearch();
      },
    },
    p: {
      what: 'pause, and go on',
      act: () => {
        page.pause();
      },
    },
    c: {
      what: 'copy the request as curl',
      act: () => {
        document.querySelector<HTMLButtonElement>('.tracehead [aria-keyshortcuts=c]')?.click();
      },
    },
    '?': {
      what: 'this list',
      act: () => {
        help.open();
      },
    },
  };
  const help = helpDialog(acts);
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (key === 'Escape' && target instanceof Element && foldAround(target)) return;
    if (ctrlKey || metaKey || altKey || help.element.open) return;
    if (page.shown.view !== 'traces' && key !== '?') return;
    if (target instanceof HTMLElement) {
      const typing = target.matches('input:not([type=checkbox]), select, textarea');
      if (typing && key === 'Escape') target.blur();
      if (typing || (key === 'Enter' && target.matches('a:not(.row[aria-current]), button, summary, input'))) return;
    }
    const known = Object.hasOwn(acts, key) ? acts[key] : undefined;
    if (known === undefined) return;
    event.preventDefault();
    known.act();
  });
  return help;
}
