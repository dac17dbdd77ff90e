/** ONSIGNAL: where a script goes on when a signal comes to its contact, whatever it does at the time. */
import type { ActionType } from '../action.js';

export const ONSIGNAL: ActionType = {
  name: 'ONSIGNAL',
  summary:
    'Where the script goes on when a signal comes to its contact: it interrupts what runs. The parameters are `vars.SP1` to `vars.SP9`. One a script; no branch leads to it.',
  provenance: 'doc',
  settings: {},
  required: [],
  branches: [],
  prepare: () => (run) => ({ branch: 'Default', message: `A signal came, which the trace ${run.heard()} has.` }),
};
