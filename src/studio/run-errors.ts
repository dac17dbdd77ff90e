/** Why a run breaks off, in words. */
import { MOST_RUNS } from '../cxone/loop-guard.js';
import type { Finding } from '../errors/catalogue.js';
import { ON_ERROR } from './action.js';
import type { OwnWarning } from './rest/rest-call.js';
import type { Action, Script } from './script.js';

const NOWHERE = { in: null, pointer: null } as const;

/** `handover.yaml:14`, for a person who looks for the action. */
function placeOf({ file }: Script, { name, line }: Action): string {
  return `${name} (${file}:${String(line)})`;
}

export function branchUnconnected(script: Script, action: Action, branch: string): Finding {
  return {
    code: 'SCRIPT_BRANCH_UNCONNECTED',
    message: `The branch ${branch} of ${placeOf(script, action)} leads nowhere: the script breaks off.`,
    ...NOWHERE,
    expected: `the name of an action for ${branch}`,
    received: `${action.branches.size === 0 ? 'no branches' : `branches for ${[...action.branches.keys()].join(', ')} only`}, in ${script.file}:${String(action.line)}`,
    remedy:
      branch === ON_ERROR
        ? `Connect OnError of ${action.name}: branches: {OnError: …}, to a RESPOND that tells the caller, for example.`
        : `Connect ${branch} of ${action.name}, with next or branches; to an END where the script is to end.`,
  };
}

export function tooManySteps(script: Script, action: Action, most: number): Finding {
  return {
    code: 'SCRIPT_STEP_LIMIT',
    message: `The script was stopped at ${placeOf(script, action)}: it goes round in a loop.`,
    ...NOWHERE,
    expected: `at most ${String(most)} actions`,
    received: 'one more',
    remedy:
      'Look at the last actions of the trace: a branch leads back, and nothing changes on the way. --max-script-steps allows more.',
  };
}

/** So deep may scripts run inside each other, and so many may set each other going in a row. */
export const DEEPEST = 20;

export function tooDeep({ name }: Script): Finding {
  return {
    code: 'SCRIPT_STEP_LIMIT',
    message: `${name} sets itself going over and over.`,
    ...NOWHERE,
    expected: `at most ${String(DEEPEST)} scripts, each set going by the one before`,
    received: 'one more',
    remedy:
      'Look at the RUNSUB, SPAWN, RESTAPI and RESTPROXY actions of the trace, and at those of its parent: a script runs itself, or two run each other.',
  };
}

export function tooMany({ name }: Script): Finding {
  return {
    code: 'SCRIPT_STEP_LIMIT',
    message: `${name} is one of too many scripts that a single message set going.`,
    ...NOWHERE,
    expected: `at most ${String(MOST_RUNS)} scripts, set going by one message and by each other, that follow each other without a pause or run at the same time`,
    received: 'one more',
    remedy:
      'Look at the SPAWN, RESTAPI and RESTPROXY actions of the scripts that the traces list, by their parents: where each sets two going, their number doubles every time.',
  };
}

export function stopped(reason: string): Finding {
  return {
    code: 'SCRIPT_STOPPED',
    message: `The script was stopped: ${reason}.`,
    ...NOWHERE,
    expected: 'a script that may run to its end',
    received: reason,
    remedy:
      'Where it is to run to its end, wait for it before you reset the tenant, end its conversation or close the emulator; --max-runs says how many may run at a time.',
  };
}

/** `warned`: what the emulator warned of at the script's last call. */
export function answeredWithError({ name }: Script, status: number, warned: OwnWarning | undefined): Finding {
  return {
    code: 'SCRIPT_REFUSED',
    message: `The script ${name} answered ${String(status)} by itself.`,
    ...NOWHERE,
    expected: 'a script that answers below 400',
    received: `a RESPOND with ${String(status)}`,
    remedy: `${warned === undefined ? '' : `Its last call was warned of: ${warned.code}: ${warned.message} ${warned.remedy} `}The actions before it, with their branches and variables, show how the script came there.`,
  };
}

export function bugOf(problem: unknown): Finding {
  return {
    code: 'INTERNAL',
    message: 'The emulator broke while the script ran: a bug of ours.',
    ...NOWHERE,
    expected: 'a script that runs to its end',
    received: String(problem),
    remedy: 'Report it with this trace, please.',
  };
}

/** For a bug of ours. */
export function missing(action: string): never {
  throw new Error(`There is no action ${action}, which the reader of the file should have refused.`);
}
