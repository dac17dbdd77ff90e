/** A request as the handler of its operation sees it. */
import type { OutsideCall } from '../cxone/handler.js';
import type { Cause, PlatformEvent, RunTrace } from '../cxone/studio.js';
import type { Explanation, WarningCode } from '../errors/catalogue.js';
import { isoTime } from '../shared/format.js';
import type { Level } from '../trace/trace.js';
import type { RequestContext } from './request-context.js';
import { recordScriptRun } from './script-run.js';
import type { Services } from './services.js';

export class HandlerCall implements OutsideCall {
  readonly #context: RequestContext;
  readonly #clocks: Services['clocks'];

  constructor(context: RequestContext, { clocks }: Pick<Services, 'clocks'>) {
    this.#context = context;
    this.#clocks = clocks;
  }

  get tenant(): string {
    return this.#context.tenant;
  }

  get method(): string {
    return this.#context.method;
  }

  get path(): string {
    return this.#context.path;
  }

  get pathParameters(): Readonly<Record<string, string>> {
    return this.#context.pathParameters;
  }

  get query(): Readonly<Record<string, unknown>> {
    return this.#context.query;
  }

  get body(): unknown {
    return this.#context.body;
  }

  get headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.#context.request.headers).map((name) => [name, this.header(name) ?? '']));
  }

  get baseUrl(): string {
    return this.#context.baseUrl;
  }

  get now(): string {
    return isoTime(this.#clocks.now(this.tenant));
  }

  get dryRun(): boolean {
    return this.#context.dryRun;
  }

  get cause(): Cause {
    return this.#context.cause;
  }

  header(name: string): string | undefined {
    return this.#context.header(name);
  }

  warn(code: WarningCode, explanation: Explanation, level?: Level): void {
    this.#context.trace.warn(code, explanation, level);
  }

  tell(message: string): void {
    this.#context.trace.log(message);
  }

  concern(about: { readonly conversationId?: string; readonly contactId?: string }): void {
    this.#context.trace.linkTo(about);
  }

  emit(event: PlatformEvent): void {
    this.#context.events.push(event);
  }

  runScript(name: string): RunTrace {
    return recordScriptRun(this.#context.trace, name);
  }
}
