/** Copies text, also where the page was not reached in a way that browsers call secure, such as by a container's name. */
import { button } from './dom.js';

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

/** A button that copies, and says so. */
export function copyButton(
  label: string,
  text: () => string,
  attributes: Readonly<Record<string, unknown>> = {},
): HTMLButtonElement {
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
    setTimeout(() => {
      made.textContent = label;
    }, SAID_FOR);
  };
  return made;
}
