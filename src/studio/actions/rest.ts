/** What RESTAPI and RESTPROXY share: their settings as templates, the variables that they set, and the body as an object or a text. */
import { type Finding, Rejection } from '../../errors/catalogue.js';
import type { Outcome, Preparation, RunView } from '../action.js';
import { ON_ERROR } from '../action.js';
import type { OwnWarning, RestKind, RestOutcome, RestSettings } from '../rest/rest-call.js';
import { redirectText } from '../rest/errors.js';
import type { Scope } from '../../shared/templates.js';
import { HEADER_NAME, headerOf, NAME, number, numberOf, TEXT, textOf } from './settings.js';
import type { JsonSchema } from '../../shared/json-schema.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** In seconds (doc for RESTAPI; for the proxy assumed). */
export const LONGEST_TIMEOUT = 90;

export const REST_SETTINGS: Readonly<Record<string, JsonSchema>> = {
  url: TEXT,
  method: { enum: METHODS },
  headers: { type: 'object', propertyNames: HEADER_NAME },
  body: {},
  bodyText: { type: 'string' },
  timeout: number(LONGEST_TIMEOUT),
  into: NAME,
};

export interface RestAction {
  readonly kind: RestKind;
  /** What the body is sent as, where the script does not say. */
  readonly contentType: string;
  readonly read: RestSettings['read'];
  /** In seconds, where the script does not say. */
  readonly timeout: number;
  /** Sets what the action leaves beside the response's body. */
  leave(run: RunView, outcome: RestOutcome): void;
}

/** What renders and makes the call, and takes a branch. */
export function prepareRest(preparation: Preparation, action: RestAction): (run: RunView) => Promise<Outcome> {
  const { settings } = preparation;
  const [url, headers, timeout] = ['url', 'headers', 'timeout'].map((name) => preparation.template(name));
  const body = prepareBody(preparation);
  const method = (settings.method ?? (body === undefined ? 'GET' : 'POST')) as string;
  const into = (settings.into ?? 'response') as string;
  return async (run) => {
    const scope = run.scope();
    const sent = body?.(scope);
    const seconds = numberOf('timeout', timeout?.(scope) ?? action.timeout, 0, LONGEST_TIMEOUT);
    const outcome = await run.call({
      kind: action.kind,
      method,
      url: textOf('url', url?.(scope)).trim(),
      headers: {
        accept: 'application/json',
        ...(sent === undefined ? {} : { 'content-type': action.contentType }),
        ...readHeaders(headers?.(scope)),
      },
      body: sent?.text,
      raw: sent?.raw ?? false,
      timeout: Math.max(1, Math.round(seconds * 1000)),
      read: action.read,
    });
    const unfit = unfitOf(() => {
      run.set(into, outcome.body);
    });
    action.leave(run, outcome);
    const { status, statusText, redirect, problem = unfit, calls, traceId, warnings = [] } = outcome;
    run.set('__traceid', traceId ?? '');
    const tries = calls.length > 1 ? ` after ${String(calls.length)} tries` : '';
    if (problem !== undefined) return { branch: ON_ERROR, calls, problem };
    const way = redirect === undefined ? '' : ` ${redirectText(redirect)}`;
    return {
      branch: 'Default',
      calls,
      message: `${method} was answered ${String(status)} ${statusText}${tries}.${way}${toldOf(warnings)}`,
    };
  };
}

/** What is wrong with a response that no variable takes: the trace shows the call all the same. */
function unfitOf(keep: () => void): Finding | undefined {
  try {
    keep();
    return undefined;
  } catch (problem) {
    if (problem instanceof Rejection) return problem.cause;
    throw problem;
  }
}

function toldOf(warnings: readonly OwnWarning[]): string {
  if (warnings.length === 0) return '';
  return ` The emulator warns of it: ${warnings.map(({ code, message, remedy }) => `${code}: ${message} ${remedy}`).join(' ')}`;
}

interface Sent {
  readonly text: string;
  readonly raw: boolean;
}

/**
 * An object is filled in and serialised, so that no value can break the quoting. A string below `body` is the mistake of
 * the report: it is sent as it stands.
 */
function prepareBody(preparation: Preparation): ((scope: Scope) => Sent) | undefined {
  const { body, bodyText } = preparation.settings;
  if (body !== undefined && bodyText !== undefined) preparation.fault(['bodyText'], 'body and bodyText cannot stand together');
  if (bodyText !== undefined) {
    const text = preparation.template('bodyText');
    return (scope) => ({ text: textOf('bodyText', text?.(scope)), raw: false });
  }
  if (typeof body === 'string') {
    preparation.note(
      ['body'],
      'body is a raw string: it is sent as it stands, its templates are not filled in. Write an object, whose values are templates; bodyText is for those who must send text',
    );
    return () => ({ text: body, raw: true });
  }
  if (body === undefined) return undefined;
  const template = preparation.template('body');
  return (scope) => ({ text: JSON.stringify(template?.(scope)), raw: false });
}

function readHeaders(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, given] of Object.entries(value ?? {})) {
    headers[name.toLowerCase()] = headerOf(`headers.${name}`, given);
  }
  return headers;
}
