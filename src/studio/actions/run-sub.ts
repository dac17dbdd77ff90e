/** RUNSUB: runs a script as a part of this one, and goes on when it has ended. */
import type { ActionType } from '../action.js';
import { NAME, prepareValues, renderValues, TEXT, VALUES } from './settings.js';

export const RUNSUB: ActionType = {
  name: 'RUNSUB',
  summary:
    'Runs `script` to its end, on the same contact, with `variables` of its own, and goes on. `into` takes the `result` of its END.',
  provenance: 'assumed',
  settings: { script: TEXT, variables: VALUES, into: NAME },
  required: ['script'],
  branches: [],
  prepare(preparation) {
    const script = preparation.settings.script as string;
    preparation.requireScript(['script'], script);
    const variables = prepareValues(preparation, ['variables'], preparation.settings.variables);
    const into = preparation.settings.into as string | undefined;
    return async (run) => {
      const result = await run.runSub(script, renderValues(variables, run.scope()));
      if (into !== undefined) run.set(into, result ?? '');
      return { branch: 'Default', message: `${script} is over.` };
    };
  },
};
