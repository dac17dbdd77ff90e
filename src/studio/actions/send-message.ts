/** SENDMESSAGE: says something to the customer. */
import type { ActionType } from '../action.js';
import { show } from '../../shared/format.js';
import { noConversation, sayIn } from './conversation-of.js';
import { TEXT, textOf } from './settings.js';

export const SENDMESSAGE: ActionType = {
  name: 'SENDMESSAGE',
  summary: 'Says `message` to the customer of the script’s conversation.',
  provenance: 'assumed',
  settings: { message: TEXT },
  required: ['message'],
  branches: [],
  prepare(preparation) {
    const message = preparation.template('message');
    return async (run) => {
      if (run.conversation() === undefined) throw noConversation('speak in', run);
      const text = textOf('message', message?.(run.scope()));
      await sayIn(run, [text], { from: 'script' });
      return { branch: 'Default', message: `The script says ${show(text)}.` };
    };
  },
};
