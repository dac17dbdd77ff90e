/** WAIT: waits for a time on the emulator's clock, or for a signal. */
import type { ActionType } from '../action.js';
import { number, numberOf } from './settings.js';

/** In seconds: a day. */
const LONGEST = 86_400;

export const WAIT: ActionType = {
  name: 'WAIT',
  summary: 'Waits for `seconds`; without, until a signal comes. A webhook that has not been answered yet is answered `200 {}`.',
  provenance: 'assumed',
  settings: { seconds: number(LONGEST) },
  required: [],
  branches: [],
  prepare(preparation) {
    const seconds = preparation.template('seconds');
    return async (run) => {
      if (seconds === undefined) {
        await run.wait(undefined, 'waits until a signal comes.');
        return { branch: 'Default' };
      }
      const time = numberOf('seconds', seconds(run.scope()), 0, LONGEST);
      await run.wait(time * 1000, `waits for ${String(time)} s.`);
      return { branch: 'Default', message: `${String(time)} s are over.` };
    };
  },
};
