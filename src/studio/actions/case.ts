/** CASE: takes the branch that is named like a value. */
import { show } from '../../shared/format.js';
import { type ActionType, ON_ERROR } from '../action.js';
import { textOf } from './settings.js';

export const CASE: ActionType = {
  name: 'CASE',
  summary: 'Takes the branch that is named like `value`, or `Default`: `branches: {billing: Billing, Default: Others}`.',
  provenance: 'assumed',
  settings: { value: {} },
  required: ['value'],
  branches: undefined,
  prepare(preparation) {
    const value = preparation.template('value');
    return (run) => {
      const text = textOf('value', value?.(run.scope()));
      // A value of that name is no failure.
      return { branch: text === ON_ERROR ? 'Default' : text, message: `The value is ${show(text)}.` };
    };
  },
};
