/** END: ends the script, and the conversation where it says so. */
import { end } from '../../contact/conversation.js';
import { reject } from '../../rejections.js';
import { type ActionType, DEFAULT, type RunView } from '../action.js';

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

async function endConversation(run: RunView): Promise<void> {
  const conversation = run.conversation();
  if (conversation === undefined) {
    throw reject('CONVERSATION_UNKNOWN', {
      message: 'The script has no conversation that it could end.',
      in: null,
      pointer: null,
      expected: 'a script that runs on a contact',
      received: `${run.script}, which runs on none`,
      remedy: 'A webhook’s script runs on no contact: signal the script of the conversation instead, and end it there.',
    });
  }
  await run.unit((state) => {
    const now = state.conversation(conversation.conversationId);
    if (now !== undefined && now.state !== 'ended') state.updateConversation(end(now, run.now()));
  });
  run.ended(conversation.conversationId);
}
