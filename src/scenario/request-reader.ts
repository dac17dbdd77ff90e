/** Reads the requests of a scenario: those that are written out, signals, what a customer does, and what the emulator itself is told. */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { listed, show } from '../shared/format.js';
import type { Template } from '../shared/templates.js';
import type { Path } from './patterns.js';
import type { RequestPlan } from './scenario.js';
import type { TemplateReader } from './template-reader.js';

export interface RequestObject {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number | null>>;
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly bodyFile?: string;
  readonly timeout?: number;
}

export interface SignalObject {
  readonly contactId: string | number;
  readonly parameters?: readonly (string | number)[];
}

export interface CustomerObject {
  readonly arrives?: object;
  readonly says?: string;
  readonly leaves?: boolean;
  readonly conversationId?: string;
}

/** `arrives`, `leaves`, `says …`: the schema lets nothing else pass. */
function inWords(text: string): CustomerObject {
  const [, says] = /^says\s+([^]*)$/.exec(text) ?? [];
  if (says !== undefined) return { says };
  return text === 'arrives' ? { arrives: {} } : { leaves: true };
}

export class RequestReader {
  readonly #texts: TemplateReader;
  /** The folder of the scenario. */
  readonly #folder: string;

  constructor(texts: TemplateReader, file: string) {
    this.#texts = texts;
    this.#folder = dirname(file);
  }

  beside(path: string): string {
    return resolve(this.#folder, path);
  }

  /** A call of the control API. */
  control(method: string, where: string, content: object | undefined, path: Path): RequestPlan {
    this.#texts.usesToken = false;
    const template = content === undefined ? undefined : this.#texts.template(path, content);
    return {
      path,
      method,
      target: () => `/_emulator/${where}`,
      headers: {
        accept: () => 'application/json',
        ...(template === undefined ? {} : { 'content-type': () => 'application/json' }),
      },
      body: template === undefined ? undefined : { kind: 'json', template },
      usesToken: this.#texts.usesToken,
      timeout: undefined,
    };
  }

  /** What the customer does; `whom` gives the conversation where the step names none. */
  customer(given: CustomerObject | string, path: Path, whom: (path: Path) => Template): RequestPlan {
    const { arrives, says, leaves = false, conversationId } = typeof given === 'string' ? inWords(given) : given;
    if (arrives !== undefined) {
      if (says !== undefined || leaves || conversationId !== undefined)
        this.#texts.fault(path, 'a customer who arrives speaks or leaves in a step of their own, and names an id inside arrives');
      return this.control('POST', 'conversations', arrives, path);
    }
    if ((says === undefined) !== leaves) this.#texts.fault(path, 'the customer arrives, says something, or leaves: one of these');
    const plan = this.control('POST', '', says === undefined ? undefined : { text: says }, path);
    const id = conversationId === undefined ? whom(path) : this.#texts.template([...path, 'conversationId'], conversationId);
    const what = leaves ? 'leave' : 'messages';
    return {
      ...plan,
      target: (scope) => `/_emulator/conversations/${encodeURIComponent(String(id(scope)))}/${what}`,
      usesToken: this.#texts.usesToken,
    };
  }

  /** As Cognigy’s newest version sends it: all in the query. */
  signal({ contactId, parameters = [] }: SignalObject, path: Path): RequestPlan {
    const contact = this.#texts.template([...path, 'contactId'], String(contactId));
    const values = parameters.map((value, index) => this.#texts.template([...path, 'parameters', index], String(value)));
    const fixed =
      (value: string): Template =>
      () =>
        value;
    this.#texts.usesToken = false;
    return {
      path,
      method: 'POST',
      target(scope) {
        const query = values.map((value, index) => `p${String(index + 1)}=${encodeURIComponent(String(value(scope)))}`).join('&');
        const id = encodeURIComponent(String(contact(scope)));
        return `/inContactAPI/services/v30.0/interactions/${id}/signal${query === '' ? '' : `?${query}`}`;
      },
      headers: { accept: fixed('application/json'), authorization: ({ token }) => `Bearer ${String(token)}` },
      body: undefined,
      usesToken: true,
      timeout: undefined,
    };
  }

  request(request: RequestObject, path: Path): RequestPlan {
    const bodies = (['body', 'bodyText', 'bodyFile'] as const).filter((name) => request[name] !== undefined);
    if (bodies.length > 1)
      this.#texts.fault([...path, bodies[1] ?? ''], `a request has one body; this one has ${listed(bodies)}`);
    this.#texts.usesToken = false;
    if (!/^(?:\/|https?:\/\/|\{\{)/.test(request.path))
      this.#texts.fault([...path, 'path'], `${show(request.path)} must begin with a slash, or be a whole address`);
    if (request.path.startsWith('/t/'))
      this.#texts.fault([...path, 'path'], 'each scenario has a tenant of its own: write the path without /t/…');
    const target = this.#texts.template([...path, 'path'], request.path);
    const given = Object.entries(request.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      value === null ? () => null : this.#texts.template([...path, 'headers', name], String(value)),
    ]);
    const body = this.#body(request, path);
    const usual: Record<string, Template> = {
      accept: () => 'application/json',
      ...(body?.kind === 'json' ? { 'content-type': () => 'application/json' } : {}),
    };
    return {
      path,
      method: (request.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase(),
      target,
      headers: { ...usual, ...(Object.fromEntries(given) as Record<string, Template>) },
      body,
      usesToken: this.#texts.usesToken,
      timeout: request.timeout,
    };
  }

  #body({ body, bodyText, bodyFile }: RequestObject, path: Path): RequestPlan['body'] {
    if (bodyFile !== undefined) {
      const file = this.beside(bodyFile);
      if (!existsSync(file) || !statSync(file).isFile())
        this.#texts.fault([...path, 'bodyFile'], `there is no file ${show(bodyFile)} beside this one`);
      return { kind: 'file', file };
    }
    if (bodyText !== undefined) return { kind: 'text', template: this.#texts.template([...path, 'bodyText'], bodyText) };
    return body === undefined ? undefined : { kind: 'json', template: this.#texts.template([...path, 'body'], body) };
  }
}
