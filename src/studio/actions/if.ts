/** IF: takes one of two branches. */
import type { ActionType } from '../action.js';
import { listed } from '../../shared/format.js';
import { TEXT } from './settings.js';

export const IF: ActionType = {
  name: 'IF',
  summary:
    'Takes `OnTrue` or `OnFalse`: `condition: context.metadata.intent == "billing"`, with `==` `!=` `>` `<` `contains` `and` `or`.',
  provenance: 'assumed',
  settings: { condition: TEXT },
  required: ['condition'],
  branches: ['OnTrue', 'OnFalse'],
  prepare(preparation) {
    const text = preparation.settings.condition as string;
    const condition = preparation.conditionAt(['condition'], text);
    return (run) => {
      const { holds, missing } = condition(run.scope());
      const absent = missing.length === 0 ? '' : ` ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not there.`;
      return { branch: holds ? 'OnTrue' : 'OnFalse', message: `${text} is ${holds ? 'true' : 'false'}.${absent}` };
    };
  },
};
