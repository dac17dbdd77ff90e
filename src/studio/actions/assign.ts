/** ASSIGN: sets variables. */
import { type ActionType, DEFAULT } from '../action.js';
import { NAME, prepareAssignments, VALUES } from './settings.js';

export const ASSIGN: ActionType = {
  name: 'ASSIGN',
  summary: `Sets variables: \`set: {name: value}\`. ${NAME.description}`,
  provenance: 'assumed',
  settings: { set: VALUES },
  required: ['set'],
  branches: [],
  prepare(preparation) {
    const assign = prepareAssignments(preparation, ['set'], preparation.settings.set);
    return (run) => {
      assign(run);
      return DEFAULT;
    };
  },
};
