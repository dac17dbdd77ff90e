/** The types of actions that scripts are made of. A new one is a file of its own and a line here. */
import type { ActionType } from '../action.js';
import { ASKCALLER } from './ask-caller.js';
import { ASSIGN } from './assign.js';
import { CASE } from './case.js';
import { END } from './end.js';
import { GETATTRIBUTE } from './get-attribute.js';
import { IF } from './if.js';
import { ONSIGNAL } from './on-signal.js';
import { REQAGENT } from './req-agent.js';
import { RESPOND } from './respond.js';
import { RESTAPI } from './rest-api.js';
import { RESTPROXY } from './rest-proxy.js';
import { RUNSUB } from './run-sub.js';
import { SENDMESSAGE } from './send-message.js';
import { SETATTRIBUTE } from './set-attribute.js';
import { SIGNAL } from './signal.js';
import { SNIPPET } from './snippet.js';
import { SPAWN } from './spawn.js';
import { TEXTBOT_EXCHANGE } from './textbot-exchange.js';
import { TRACE } from './trace.js';
import { WAIT } from './wait.js';

const ALL: readonly ActionType[] = [
  ASSIGN,
  SNIPPET,
  IF,
  CASE,
  RESTAPI,
  RESTPROXY,
  GETATTRIBUTE,
  SETATTRIBUTE,
  TEXTBOT_EXCHANGE,
  ASKCALLER,
  SENDMESSAGE,
  REQAGENT,
  SIGNAL,
  ONSIGNAL,
  SPAWN,
  RUNSUB,
  WAIT,
  TRACE,
  RESPOND,
  END,
];

/** By their names. */
export const ACTION_TYPES: ReadonlyMap<string, ActionType> = new Map(ALL.map((type) => [type.name, type]));
