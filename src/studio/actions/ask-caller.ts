/** ASKCALLER: waits for what the customer says. */
import type { ActionType } from '../action.js';
import { show } from '../../shared/format.js';
import { noConversation, sayIn } from './conversation-of.js';
import { NAME, number, numberOf, TEXT, textOf } from './settings.js';

/** In seconds: a day. */
const LONGEST = 86_400;

export const ASKCALLER: ActionType = {
  name: 'ASKCALLER',
  summary:
    'Waits for what the customer says, which becomes `userInput` (or the variable `into`); `message` is said before. A customer who is silent for `timeout` seconds takes OnTimeout, or Default where that is not connected; without `timeout` it is as long as the bot asked for in its last answer (more than 0), or for ever. The next TEXTBOT EXCHANGE passes on what came, or NO_INPUT.',
  provenance: 'assumed',
  settings: { message: TEXT, timeout: number(LONGEST), into: NAME },
  required: [],
  branches: ['OnTimeout'],
  prepare(preparation) {
    const [message, timeout] = [preparation.template('message'), preparation.template('timeout')];
    const into = (preparation.settings.into ?? 'userInput') as string;
    return async (run) => {
      if (run.conversation() === undefined) throw noConversation('ask in', run);
      const scope = run.scope();
      const given = timeout === undefined ? undefined : numberOf('timeout', timeout(scope), 0, LONGEST) * 1000;
      const patience = given ?? run.bot.patience;
      if (message !== undefined) await sayIn(run, [textOf('message', message(scope))], { from: 'script' });
      const atMost = patience === undefined ? '' : `, for ${String(patience / 1000)} s at most`;
      const said = await run.askCustomer(patience, `waits for what the customer says${atMost}.`);
      run.bot.heard = said === undefined ? { text: '', type: 'NO_INPUT' } : { text: said, type: 'TEXT' };
      run.set(into, said ?? '');
      if (said !== undefined) return { branch: 'Default', message: `The customer says ${show(said)}.` };
      return { branch: 'OnTimeout', message: `The customer said nothing for ${String((patience ?? 0) / 1000)} s.` };
    };
  },
};
