/** Copies text, also where the page was not reached in a way that browsers call secure, such as by a container's name. */
import { button, h } from './dom.js';

export async function copy(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'offscreen';
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way without a secure context
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('the browser did not let it');
}

/** In milliseconds. */
const SAID_FOR = 1500;

const heard = h('p', { class: 'offscreen', role: 'status' });

/** A button that copies, and says so. */
export function copyButton(
  label: string,
  text: () => string,
  attributes: Readonly<Record<string, unknown>> = {},
): HTMLButtonElement {
  // Screen readers say what changes in a region that they know already.
  if (!heard.isConnected) document.body.append(heard);
  const made = button(
    label,
    () => {
      copy(text()).then(
        () => {
          say('Copied');
        },
        (problem: unknown) => {
          say(`Not copied: ${(problem as Error).message}`);
        },
      );
    },
    attributes,
  );
  const say = (what: string): void => {
    made.textContent = what;
    // By a key it is copied while the focus is elsewhere: who does not see the button hears of it.
    heard.textContent = what;
    setTimeout(() => {
      made.textContent = label;
      heard.textContent = '';
    }, SAID_FOR);
  };
  return made;
}
