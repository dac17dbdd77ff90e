/** END: ends the script, and the conversation where it says so. */
import { type ActionType, DEFAULT } from '../action.js';
import { endConversation } from './conversation-of.js';

export const END: ActionType = {
  name: 'END',
  summary:
    'Ends the script. `conversation: end` ends its conversation, too. In a script that runs by RUNSUB, `result` is what the caller gets.',
  provenance: 'assumed',
  settings: { conversation: { enum: ['keep', 'end'] }, result: {} },
  required: [],
  branches: [],
  ends: 'always',
  prepare(preparation) {
    const result = preparation.template('result');
    const ends = preparation.settings.conversation === 'end';
    return async (run) => {
      const given = result?.(run.scope());
      if (ends) await endConversation(run);
      run.finish(given);
      return ends ? { ...DEFAULT, message: 'The conversation is over.' } : DEFAULT;
    };
  },
};
