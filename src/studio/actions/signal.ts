/** SIGNAL: sends a signal to the script on another contact. */
import { MOST_SIGNAL_PARAMETERS } from '../../cxone/model/signal.js';
import { listed, show } from '../../shared/format.js';
import type { ActionType } from '../action.js';
import { unknown } from './owner.js';
import { textOf } from './settings.js';

export const SIGNAL: ActionType = {
  name: 'SIGNAL',
  summary: 'Signals the script on the contact `contactId`, with up to nine `parameters`, a list.',
  provenance: 'doc',
  settings: { contactId: {}, parameters: { type: 'array', maxItems: MOST_SIGNAL_PARAMETERS } },
  required: ['contactId'],
  branches: [],
  prepare(preparation) {
    const [contactId, parameters] = [preparation.template('contactId'), preparation.template('parameters')];
    return async (run) => {
      const scope = run.scope();
      const to = textOf('contactId', contactId?.(scope));
      const values = ((parameters?.(scope) ?? []) as unknown[]).map((value, index) =>
        textOf(`parameters.${String(index)}`, value),
      );
      const named = Object.fromEntries(values.map((value, index) => [`p${String(index + 1)}`, value]));
      await run.unit((state) => {
        const contact = state.contact(to);
        if (contact === undefined) throw unknown('CONTACT_UNKNOWN', 'contact', to, run);
        state.addSignal({ contactId: to, parameters: named, receivedAt: run.now() });
      });
      const hearer = run.hearerOn(to);
      if (hearer === undefined) {
        run.warn('SIGNAL_UNHEARD', {
          message: 'No script on this contact hears the signal.',
          in: null,
          pointer: null,
          expected: 'a contact on which a script with an ONSIGNAL runs',
          received: show(to),
          remedy: 'Spawn a script with an ONSIGNAL there first, and signal it while it runs.',
        });
      }
      run.signal(to, named);
      return {
        branch: 'Default',
        message: `Contact ${to} is signalled with ${values.length === 0 ? 'no parameters' : listed(values.map(show))}${hearer === undefined ? '' : `; ${hearer} hears it`}.`,
      };
    };
  },
};
