/** SNIPPET: a list of assignments and conditions; no code. */
import { type ActionType, DEFAULT, type Preparation, type RunView } from '../action.js';
import { prepareAssignments, TEXT, VALUES } from './settings.js';
import type { JsonSchema } from '../../shared/json-schema.js';

interface Step {
  readonly set?: unknown;
  readonly if?: string;
  readonly then?: readonly Step[];
  readonly else?: readonly Step[];
}

const STEPS: JsonSchema = { $ref: '#/definitions/steps' };

export const SNIPPET: ActionType = {
  name: 'SNIPPET',
  summary: 'A list of steps: `set: {name: value}`, or `if: condition` with `then` and `else`, which are lists again. No code.',
  provenance: 'assumed',
  settings: { steps: STEPS },
  definitions: {
    steps: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: { set: VALUES, if: TEXT, then: STEPS, else: STEPS },
        dependencies: { then: ['if'], else: ['if'], if: ['then'] },
      },
    },
  },
  required: ['steps'],
  branches: [],
  prepare(preparation) {
    const run = prepareSteps(preparation, ['steps'], preparation.settings.steps as Step[]);
    return (view) => {
      run(view);
      return DEFAULT;
    };
  },
};

function prepareSteps(
  preparation: Preparation,
  path: readonly (string | number)[],
  list: readonly Step[],
): (run: RunView) => void {
  const prepared = list.map((step, index): ((run: RunView) => void) => {
    const here = [...path, index];
    const assign = step.set === undefined ? undefined : prepareAssignments(preparation, [...here, 'set'], step.set);
    if (step.if === undefined) return (run) => assign?.(run);
    const condition = preparation.conditionAt([...here, 'if'], step.if);
    const [yes, no] = [
      prepareSteps(preparation, [...here, 'then'], step.then ?? []),
      prepareSteps(preparation, [...here, 'else'], step.else ?? []),
    ];
    return (run) => {
      assign?.(run);
      (condition(run.scope()).holds ? yes : no)(run);
    };
  });
  return (run) => {
    for (const step of prepared) step(run);
  };
}
