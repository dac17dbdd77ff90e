/** TRACE: a line of the user's own in the trace. */
import type { ActionType } from '../action.js';
import { TEXT, textOf } from './settings.js';

export const TRACE: ActionType = {
  name: 'TRACE',
  summary: 'Puts a line of your own into the trace: `message: intent is {{ context.metadata.intent }}`.',
  provenance: 'emulator',
  settings: { message: TEXT },
  required: ['message'],
  branches: [],
  prepare(preparation) {
    const message = preparation.template('message');
    return (run) => ({ branch: 'Default', message: textOf('message', message?.(run.scope())) });
  },
};
