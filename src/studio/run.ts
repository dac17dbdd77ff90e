/** One run of a script: action after action, each with the branch that it takes, until it ends, breaks off or is stopped. */
import { MOST_SIGNAL_PARAMETERS } from '../cxone/model/signal.js';
import type { Cause, ScriptReply } from '../cxone/studio.js';
import { type Finding, Rejection } from '../errors/catalogue.js';
import { listed } from '../shared/format.js';
import { ON_ERROR, type Outcome, type RunView } from './action.js';
import { BotLine } from './bots/bot-session.js';
import type { BotOutcome, BotRequest } from './bots/exchange.js';
import { Caller } from './caller.js';
import { type Frame, newFrame, setVariable } from './stack-frame.js';
import { Journal } from './run-log.js';
import { callRest, type OwnWarning, type RestOutcome, type RestSettings } from './rest/rest-call.js';
import {
  answeredWithError,
  bugOf,
  branchUnconnected,
  DEEPEST,
  missing,
  stopped,
  tooDeep,
  tooMany,
  tooManySteps,
} from './run-errors.js';
import type { Action, Script } from './script.js';
import type { RunStart, RunWorld } from './sandbox.js';
import { Situation } from './run-context.js';
import { CustomerWords, wait, type Waiting } from './waiting.js';
import { Work } from './run-activity.js';

/** What an action is left with that a signal interrupts, or the end of the run. */
class Interruption {
  /** Why the run is stopped; undefined where a signal came. */
  readonly stop: string | undefined;

  constructor(stop?: string) {
    this.stop = stop;
  }
}

/** A script that waits so long, in milliseconds, or hears a signal from outside, goes round in no loop that must be stopped. */
const SLOW = 1000;

/**
 * After so many actions in a row a script gives way to others. Not after each: a signal that comes meanwhile interrupts it,
 * and what an ONSIGNAL leads to should be done before the next one is heard.
 */
const STEPS_A_TURN = 50;

const NOTHING: ScriptReply = { status: 200, headers: {}, body: {} };

export class Run {
  readonly script: Script;
  readonly tenant: string;
  readonly contactId: string | undefined;
  readonly #start: RunStart;
  readonly #world: RunWorld;
  readonly #journal: Journal;
  readonly #work: Work;
  readonly #situation: Situation;
  readonly #bot: BotLine;
  readonly #words = new CustomerWords();
  readonly #caller = new Caller();
  /** The script that runs inside the others stands last. */
  readonly #frames: Frame[] = [];
  readonly #signals: { readonly parameters: Readonly<Record<string, string>>; readonly traceId: string }[] = [];
  /** The trace of the signal that was heard last. */
  #heard = '';
  /** Whether its ONSIGNAL is yet to fire, which no other signal keeps it from. */
  #hears = false;
  /** What the emulator warned of at the last call. */
  #warned: OwnWarning | undefined;
  #steps = 0;
  /** The action that runs. */
  #action: Action | undefined;
  /** Reaches the action that runs. */
  #interruption = new AbortController();
  #stop: Interruption | undefined;
  #left = false;
  #over = false;

  constructor(start: RunStart, world: RunWorld) {
    this.script = start.script;
    this.tenant = start.tenant;
    this.contactId = start.contactId;
    this.#start = start;
    this.#world = world;
    this.#work = new Work(start.cause.origin);
    this.#situation = new Situation(start, world);
    this.#bot = new BotLine(world.bots);
    this.#journal = new Journal(start.trace, start.script);
  }

  get traceId(): string {
    return this.#start.trace.traceId;
  }

  get conversationId(): string | undefined {
    return this.#situation.conversation?.conversationId;
  }

  /** Whether a signal would be heard: by this script, or by one that it runs inside. */
  get listens(): boolean {
    if (this.#over) return false;
    return this.script.onSignal !== undefined || this.#frames.some(({ script }) => script.onSignal !== undefined);
  }

  /** The answer of a webhook; rejects with a Rejection where the script breaks off before. */
  answered(): Promise<ScriptReply> {
    return this.#caller.answered();
  }

  /** Runs to its end. Rejects for a bug of the emulator alone. */
  async go(): Promise<void> {
    const { cause } = this.#start;
    this.#work.begin(cause.activity);
    const admitted = cause.origin.admit();
    try {
      if (cause.depth > 1) await this.#world.turns.next();
      if (cause.depth >= DEEPEST) throw new Rejection([tooDeep(this.script)]);
      if (!admitted) throw new Rejection([tooMany(this.script)]);
      await this.#situation.look();
      await this.#runFrame(this.script, this.#start.variables);
      this.#caller.reply(NOTHING);
      this.#end('accepted');
    } catch (problem) {
      if (this.#left) await this.#sayFarewell();
      this.#breakOff(problem);
    } finally {
      cause.origin.dismiss();
      this.#work.rest();
    }
  }

  /** A signal interrupts what runs; the script goes on at its ONSIGNAL. */
  signal(parameters: Readonly<Record<string, string>>, cause: Cause): void {
    this.#signals.push({ parameters, traceId: cause.traceId });
    if (cause.depth === 0) this.#steps = 0;
    this.#work.begin(cause.activity);
    this.#interruption.abort(new Interruption());
  }

  /** Whether it waits for the customer to say something. */
  get asks(): boolean {
    return this.#words.awaited;
  }

  /** The customer says something: to the ASKCALLER that waits, or to the next one. */
  customerSays(text: string, cause: Cause): void {
    if (cause.depth === 0) this.#steps = 0;
    if (this.asks) this.#work.begin(cause.activity);
    else this.#work.join(cause.activity);
    this.#words.say(text);
  }

  /** The bot that has the word is told so, and the script ends. */
  customerLeaves(cause: Cause): void {
    this.#work.begin(cause.activity);
    this.#left = true;
    this.stop('the customer left');
  }

  stop(reason: string): void {
    this.#stop ??= new Interruption(reason);
    this.#interruption.abort(this.#stop);
  }

  async #runFrame(script: Script, given: ReadonlyMap<string, unknown>): Promise<unknown> {
    if (this.#frames.length >= DEEPEST) throw new Rejection([tooDeep(script)]);
    const frame = newFrame(script);
    this.#frames.push(frame);
    try {
      await this.#situation.fetchToken(script);
      for (const [name, template] of script.variables) frame.variables[name] = template(this.#situation.scope(frame.variables));
      for (const [name, value] of given) frame.variables[name] = value;
      const view = this.#view(frame);
      let at: string | undefined = script.begin;
      while (at !== undefined && !frame.over) at = await this.#stepOrHear(frame, view, at);
      return frame.result;
    } finally {
      this.#frames.pop();
      this.#forgetUnheard();
    }
  }

  /** A signal that came while a script ended that would have heard it must not reach the one that runs on. */
  #forgetUnheard(): void {
    if (this.#signals.length === 0 || this.listens) return;
    this.#signals.length = 0;
    if (this.#stop === undefined) this.#interruption = new AbortController();
    if (this.#frames.length > 0) this.#journal.tell('A signal came too late: the script that hears it had ended.');
  }

  /** The name of the next action. */
  async #stepOrHear(frame: Frame, view: RunView, at: string): Promise<string | undefined> {
    const { onSignal } = frame.script;
    try {
      if (this.#steps % STEPS_A_TURN === STEPS_A_TURN - 1) await this.#world.turns.take();
      if (this.#stop !== undefined) throw this.#stop;
      if (this.#signals.length > 0 && this.listens && !this.#hears) throw new Interruption();
      this.#hears = false;
      return await this.#step(frame, view, at);
    } catch (interruption) {
      const heard = interruption instanceof Interruption && interruption.stop === undefined;
      if (!heard || onSignal === undefined) throw interruption;
      this.#hear(frame);
      return onSignal;
    }
  }

  /** SP1 to SP9 are texts, empty where the signal has none. */
  #hear(frame: Frame): void {
    const { parameters = {}, traceId = '' } = this.#signals.shift() ?? {};
    this.#heard = traceId;
    this.#hears = true;
    this.#interruption = new AbortController();
    for (let number = 1; number <= MOST_SIGNAL_PARAMETERS; number += 1)
      frame.variables[`SP${String(number)}`] = parameters[`p${String(number)}`] ?? '';
    for (const [name, value] of Object.entries(parameters)) frame.changed.set(name.replace('p', 'SP'), value);
  }

  async #step(frame: Frame, view: RunView, at: string): Promise<string | undefined> {
    const action = frame.script.actions.get(at) ?? missing(at);
    this.#action = action;
    this.#steps += 1;
    const { maxSteps } = this.#world;
    if (this.#steps > maxSteps) throw new Rejection([tooManySteps(frame.script, action, maxSteps)]);
    await this.#situation.look();
    await this.#situation.fetchToken(frame.script);
    let outcome: Outcome;
    try {
      outcome = await action.perform(view);
    } catch (problem) {
      if (problem instanceof Interruption)
        this.#journal.tell(
          problem.stop === undefined ? 'A signal interrupted it.' : 'It was stopped.',
          this.#journal.told(frame, action),
        );
      if (!(problem instanceof Rejection) || problem.parts.told === true) throw problem;
      outcome = { branch: ON_ERROR, problem: problem.cause };
    }
    return this.#goOn(frame, action, outcome);
  }

  #goOn(frame: Frame, action: Action, { branch: taken, problem, calls, message = '' }: Outcome): string | undefined {
    const { branches, type } = action;
    if (problem !== undefined) setVariable(frame, '_ERR', problem.message);
    const told = this.#journal.told(frame, action, calls);
    const own = problem !== undefined || branches.has(taken) || !branches.has('Default');
    const branch = own ? taken : 'Default';
    const next = frame.over ? undefined : branches.get(branch);
    if (next === undefined && (problem !== undefined || (type.ends === undefined && !frame.over))) {
      const fault = branchUnconnected(frame.script, action, branch);
      this.#journal.fail(problem ?? fault, told);
      if (problem !== undefined) this.#journal.fail(fault);
      throw new Rejection(problem === undefined ? [fault] : [problem, fault], { told: true });
    }
    const set = Object.keys(told.variables ?? {});
    const said = message === '' && set.length > 0 ? `Sets ${listed(set)}.` : message;
    if (problem === undefined) this.#journal.tell(said, told, next === undefined ? null : branch);
    else this.#journal.warn(problem, told, branch);
    if (next === undefined) frame.over = true;
    return next;
  }

  #view(frame: Frame): RunView {
    const world = this.#world;
    const { tenant } = this;
    const { trace, context, request, cause } = this.#start;
    const causeNow = (): Cause => this.#work.causeOf(this.traceId, cause);
    return {
      tenant,
      script: frame.script.name,
      now: () => world.now(tenant),
      contact: () => this.#situation.contact,
      conversation: () => this.#situation.conversation,
      warn: trace.warn,
      concern: trace.concern,
      know: trace.know,
      scope: () => this.#situation.scope(frame.variables),
      set: (name, value) => {
        setVariable(frame, name, value);
      },
      unit: (work) => world.store.run(tenant, work),
      call: (settings) => this.#call(settings, causeNow),
      line: () => this.#action?.line ?? 0,
      bot: this.#bot,
      wait: (milliseconds, message) => this.#wait(milliseconds, message),
      askCustomer: (milliseconds, message) => this.#words.next((wakenBy) => this.#wait(milliseconds, message, wakenBy)),
      exchange: (virtualAgent, asked) => this.#exchange(virtualAgent, asked),
      signal: (contactId, parameters) => {
        world.signal(tenant, contactId, parameters, causeNow());
      },
      hearerOn: (contactId) => world.hearerOn(tenant, contactId),
      spawn: (name, { contactId }, variables) => {
        world.spawn({ script: world.script(name), tenant, contactId, context, request, variables, cause: causeNow() });
      },
      runSub: (name, variables) => this.#runFrame(world.script(name), variables),
      respond: (reply) => this.#respond(frame, reply),
      heard: () => this.#heard,
      queued: (conversationId) => {
        world.queued(tenant, conversationId, causeNow());
      },
      ended: (conversationId) => {
        world.ended(tenant, conversationId, causeNow());
      },
      finish: (result) => {
        frame.result = result;
        frame.over = true;
      },
    };
  }

  #call(settings: RestSettings, causeNow: () => Cause): Promise<RestOutcome> {
    const { baseUrl } = this.#start.cause;
    const { rest, ownTarget, callOwn } = this.#world;
    const call = (): Promise<RestOutcome> =>
      callRest(
        settings,
        {
          tenant: this.tenant,
          signal: this.#interruption.signal,
          ownTarget: (url) => ownTarget(url, baseUrl),
          callOwn: (request) => callOwn(request, causeNow()),
        },
        rest,
      );
    const own = URL.canParse(settings.url) && ownTarget(new URL(settings.url), baseUrl) !== undefined;
    if (!own) this.#start.trace.pause();
    return (own ? call() : this.#work.resting(call)).then((outcome) => {
      this.#warned = outcome.warnings?.at(-1);
      return outcome;
    });
  }

  /** Answers whether the time was over, and not something else first. */
  async #wait(milliseconds: number | undefined, message: string, wakenBy?: Waiting['wakenBy']): Promise<boolean> {
    const answer = this.#caller.reply(NOTHING) ? ' The caller is answered 200 with {} meanwhile.' : '';
    this.#journal.tell(`${this.#action?.name ?? ''} ${message}${answer}`);
    this.#start.trace.pause();
    this.#situation.forgetToken();
    const over = await wait(this.#work, {
      milliseconds,
      signal: this.#interruption.signal,
      schedule: (time, callback) => this.#world.schedule(this.tenant, time, callback),
      wakenBy,
    });
    if (over && (milliseconds ?? 0) >= SLOW) this.#steps = 0;
    return over;
  }

  #exchange(virtualAgent: string, request: BotRequest): Promise<BotOutcome> {
    this.#start.trace.pause();
    return this.#work.asking(() => this.#bot.ask(virtualAgent, request, this.#interruption.signal));
  }

  /** Where a script answers with an error, the last thing that failed in it is the cause, or else its own decision. */
  #respond({ script }: Frame, reply: ScriptReply): boolean {
    if (!this.#caller.waits) return false;
    if (reply.status < 400) return this.#caller.reply(reply);
    let cause: Finding | undefined = this.#journal.blame();
    if (cause === undefined) {
      cause = answeredWithError(script, reply.status, this.#warned);
      this.#journal.fail(cause);
    }
    return this.#caller.reply({ ...reply, cause: cause.code });
  }

  /** A second stop cuts it short. */
  async #sayFarewell(): Promise<void> {
    this.#interruption = new AbortController();
    const said = await this.#work.asking(() => this.#bot.farewell(this.#interruption.signal));
    if (said !== undefined) this.#journal.farewell(said.virtualAgent, said.outcome);
  }

  #breakOff(problem: unknown): void {
    const stop = problem instanceof Interruption ? stopped(problem.stop ?? '') : undefined;
    const findings = problem instanceof Rejection ? problem.findings : stop === undefined ? undefined : ([stop] as const);
    const waiting = this.#caller.waits;
    if (problem instanceof Rejection && problem.parts.told !== true)
      for (const finding of problem.findings) this.#journal.fail(finding);
    if (stop !== undefined && waiting) this.#journal.fail(stop);
    else if (stop !== undefined) this.#journal.tell(stop.message);
    if (findings === undefined && !waiting) this.#journal.fail(bugOf(problem));
    this.#end(waiting || stop !== undefined ? 'accepted' : 'failed');
    if (waiting) this.#caller.refuse(findings === undefined ? problem : new Rejection(findings, { told: true, status: 400 }));
    else if (findings === undefined) throw problem;
  }

  #end(outcome: 'accepted' | 'failed'): void {
    this.#over = true;
    this.#start.trace.end(outcome);
  }
}
