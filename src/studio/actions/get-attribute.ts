/** GETATTRIBUTE: reads a custom attribute into a variable. */
import { show } from '../../shared/format.js';
import { isSecretName, REDACTED } from '../../trace/redact.js';
import type { ActionType } from '../action.js';
import { OWNER_SETTINGS, prepareOwner } from './owner.js';
import { NAME, TEXT, textOf } from './settings.js';

export const GETATTRIBUTE: ActionType = {
  name: 'GETATTRIBUTE',
  summary:
    'Reads the custom attribute `name` into the variable `into` (default: of the same name). `of`: `contact` (default), `user` or `conversation`; `id`: another one than the script’s own. One that is not there is an empty text.',
  provenance: 'assumed',
  settings: { ...OWNER_SETTINGS, name: TEXT, into: NAME },
  required: ['name'],
  branches: [],
  prepare(preparation) {
    const find = prepareOwner(preparation);
    const name = preparation.template('name');
    const into = preparation.settings.into as string | undefined;
    if (into === undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(preparation.settings.name as string))
      preparation.fault(['name'], 'the attribute’s name is not that of a variable: say into which one with into');
    return async (run) => {
      const wanted = textOf('name', name?.(run.scope()));
      const owner = await run.unit(find(run));
      run.know(owner.attributes);
      const value = Object.hasOwn(owner.attributes, wanted) ? owner.attributes[wanted] : undefined;
      run.set(into ?? wanted, value ?? '');
      const shown = value === undefined ? 'not set' : isSecretName(wanted) ? REDACTED : show(value);
      return { branch: 'Default', message: `${show(wanted)} of the ${owner.shown} is ${shown}.` };
    };
  },
};
