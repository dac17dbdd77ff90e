/** A Studio script as it runs: its trigger, its variables, and its actions with the branches that lead from one to the next. */
import type { ActionType, Perform } from './action.js';
import type { Template } from '../shared/templates.js';
import type { JsonSchema } from '../shared/json-schema.js';

/** A path at which a script listens. */
export interface WebhookTrigger {
  readonly kind: 'webhook';
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  /** For the body; undefined takes any. */
  readonly schema: JsonSchema | undefined;
  /** Names of headers that must come. */
  readonly headers: readonly string[];
  readonly types: readonly ('json' | 'form')[];
}

/** What starts a script; one without a trigger is started by others, with SPAWN or RUNSUB. */
export type Trigger =
  | WebhookTrigger
  /** `channel`: undefined for any. */
  | { readonly kind: 'conversation' | 'handover'; readonly channel: string | undefined }
  | {
      readonly kind: 'start';
      readonly scriptId: string | undefined;
      readonly scriptPath: string | undefined;
      /** The variables that take the values of `parameters`, in order. */
      readonly parameters: readonly string[];
    };

export interface Action {
  readonly name: string;
  readonly type: ActionType;
  readonly perform: Perform;
  /** By branch, the name of the next action. */
  readonly branches: ReadonlyMap<string, string>;
  readonly line: number;
}

export interface Script {
  readonly name: string;
  /** As it is shown: `scenarios/scripts/handover.yaml`. */
  readonly file: string;
  readonly trigger: Trigger | undefined;
  /** What variables begin with. */
  readonly variables: ReadonlyMap<string, Template>;
  /** The name of the action that it begins with. */
  readonly begin: string;
  readonly actions: ReadonlyMap<string, Action>;
  /** Whether a template of it uses `env.TOKEN`. */
  readonly usesToken: boolean;
  /** The name of the ONSIGNAL, where there is one. */
  readonly onSignal: string | undefined;
}
