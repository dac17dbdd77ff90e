/** SPAWN: starts a script on a contact of its own, with the same master. */
import type { ActionType } from '../action.js';
import { unknown } from './owner.js';
import { NAME, prepareValues, renderValues, TEXT, VALUES } from './settings.js';

export const SPAWN: ActionType = {
  name: 'SPAWN',
  summary:
    'Starts `script` on a contact of its own, with the same master and conversation, and goes on. `variables` are what it begins with; `into` takes the new contact id (default: `spawnedContactId`).',
  provenance: 'client',
  settings: { script: TEXT, variables: VALUES, into: NAME },
  required: ['script'],
  branches: [],
  prepare(preparation) {
    const script = preparation.settings.script as string;
    preparation.requireScript(['script'], script);
    const variables = prepareValues(preparation, ['variables'], preparation.settings.variables);
    const into = (preparation.settings.into ?? 'spawnedContactId') as string;
    return async (run) => {
      const values = renderValues(variables, run.scope());
      const contact = run.contact();
      if (contact === undefined) throw unknown('CONTACT_UNKNOWN', 'contact', undefined, run);
      const spawned = await run.unit((state) => state.spawnContact(contact, run.now()));
      run.set(into, spawned.contactId);
      run.spawn(script, spawned, values);
      return {
        branch: 'Default',
        message: `${script} runs on contact ${spawned.contactId}, whose master is ${spawned.masterContactId}.`,
      };
    };
  },
};
