/** The tenant's clock: shows what time it is there and who waits, lets it stand or go, and moves it on. */
import { api, type ApiError } from '../api.js';
import { button, clock, h, redraw, timeOfDay } from '../dom.js';
import { plural } from '../plural.js';
import type { Clock, ClockSetting } from '../records.js';
import { afterNextWait } from '../refresher.js';
import type { ToolMaker } from './tool.js';

/** In milliseconds: a clock that goes is seen to go. */
const TICK = 1000;

export const clockTool: ToolMaker = (page, done) => {
  /** As it stood when the page's own clock showed `readAt`. */
  let known: Clock | undefined;
  let readAt = 0;
  let drawn = '';
  const summary = h('summary', {}, 'Clock');
  const time = h('div', { class: 'known' });
  const became = h('p', { class: 'became', role: 'status' });
  const by = h('input', { id: 'clock-by', value: '1h', autocomplete: 'off', spellcheck: 'false' });

  const now = (): number => Date.parse(known?.now ?? '') + (known?.frozen === false ? performance.now() - readAt : 0);
  const tell = (): void => {
    if (known === undefined) return;
    summary.textContent = `Clock ${timeOfDay(new Date(now()))}${known.frozen ? ', stands' : ''}`;
  };
  const show = (read: Clock): void => {
    const told = JSON.stringify([read.frozen, read.waiting, read.nextAt, read.frozen && read.now]);
    const changed = told !== drawn;
    known = read;
    readAt = performance.now();
    wait(read);
    tell();
    if (!changed) return;
    drawn = told;
    redraw(time, ...contentOf(read, move, toNext));
  };
  const move = (setting: ClockSetting): void => {
    became.textContent = '';
    api
      .setClock(setting)
      .then(({ fired, ...read }) => {
        show(read);
        if (setting.advance !== undefined)
          became.textContent = `It is ${new Date(read.now).toLocaleString()}. ${plural(fired, 'wait')} went on.`;
      })
      .catch((problem: unknown) => {
        page.say((problem as ApiError).message);
      })
      .finally(done);
  };
  const toNext = (): void => {
    // A clock that goes may have passed the time that was shown: what is left until then is asked for now.
    api.clock().then(
      (read) => {
        if (read.nextAt === null) show(read);
        else move({ advance: `${String(Math.max(0, Date.parse(read.nextAt) - Date.parse(read.now)))}ms` });
      },
      (problem: unknown) => {
        page.say((problem as ApiError).message);
      },
    );
  };

  const form = h('form', { class: 'line' }, h('label', { for: by.id }, 'by'), by, h('button', { type: 'submit' }, 'Move it on'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    move({ advance: by.value.trim() });
  });
  const read = async (): Promise<void> => {
    show(await api.clock());
  };
  const element = h('details', { class: 'tool clock' }, summary, h('div', { class: 'box' }, time, form, became));
  element.addEventListener('toggle', () => {
    if (element.open) done();
  });
  const wait = afterNextWait(element, done);
  setInterval(() => {
    if (element.isConnected) tell();
  }, TICK);
  return { element, read };
};

function contentOf(
  { now, frozen, waiting, nextAt }: Clock,
  move: (setting: ClockSetting) => void,
  toNext: () => void,
): HTMLElement[] {
  return [
    h('p', {}, frozen ? `It stands at ${new Date(now).toLocaleString()}.` : 'It goes on.'),
    h(
      'p',
      {},
      ...(nextAt === null
        ? ['No script waits for its time.']
        : [
            `${plural(waiting, 'script')} wait${waiting === 1 ? 's' : ''}, the next until ${new Date(nextAt).toLocaleDateString()} `,
            clock(nextAt),
            '.',
          ]),
    ),
    h(
      'div',
      { class: 'actions' },
      button(frozen ? 'Let it go on' : 'Let it stand', () => {
        move({ frozen: !frozen });
      }),
      button('Move to the next wait', toNext, { disabled: nextAt === null }),
    ),
  ];
}
