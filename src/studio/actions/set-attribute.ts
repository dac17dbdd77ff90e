/** SETATTRIBUTE: stores custom attributes, by which a contact or a user is found again. */
import { changed, MOST_ATTRIBUTES } from '../../cxone/model/contact.js';
import { listed, show } from '../../shared/format.js';
import type { ActionType } from '../action.js';
import { OWNER_SETTINGS, prepareOwner } from './owner.js';
import { prepareValues, renderValues, textOf, valueInvalid } from './settings.js';

export const SETATTRIBUTE: ActionType = {
  name: 'SETATTRIBUTE',
  summary:
    'Stores custom attributes: `set: {externalSessionId: "{{ context.sessionId }}"}`; null removes one. `of` and `id` as with GETATTRIBUTE.',
  provenance: 'report',
  settings: { ...OWNER_SETTINGS, set: { type: 'object', minProperties: 1 } },
  required: ['set'],
  branches: [],
  prepare(preparation) {
    const find = prepareOwner(preparation);
    const set = prepareValues(preparation, ['set'], preparation.settings.set);
    return async (run) => {
      const changes = Object.fromEntries(
        Array.from(renderValues(set, run.scope()), ([name, value]) => [
          name,
          value === null ? null : textOf(`set.${name}`, value),
        ]),
      );
      const finder = find(run);
      const owner = await run.unit((state) => {
        const found = finder(state);
        const attributes = changed(found.attributes, changes);
        const count = Object.keys(attributes).length;
        if (count > MOST_ATTRIBUTES) throw valueInvalid('set', `at most ${String(MOST_ATTRIBUTES)} attributes in all`, count);
        found.write(attributes);
        return found.shown;
      });
      return {
        branch: 'Default',
        message: `${listed(Object.keys(changes).map(show))} of the ${owner} ${Object.keys(changes).length === 1 ? 'is' : 'are'} stored.`,
      };
    };
  },
};
