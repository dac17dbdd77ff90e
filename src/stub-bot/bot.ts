/** A stand-in bot: it answers by the rules of its file, and checks what Studio sends as strictly as bots are checked. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Finding, reject, Rejection } from '../errors/catalogue.js';
import type { Templates } from '../shared/templates.js';
import type { YamlFile } from '../shared/yaml-file.js';
import { type BotRules, type Failure, readRules } from './bot-rules.js';
import { type ReadExchange, readExchange, type RequestContract } from './exchange.js';
import { choose, replyOf } from './reply.js';
import { Sessions, type SessionState } from './sessions.js';

/** What became of a turn, for whoever watches. */
export interface Turn {
  /** `<busNo>:<contactId>`; undefined where the turn could not be read. */
  readonly session?: string;
  readonly inputType?: string;
  readonly input?: string;
  /** The line of the rule that answered, in the file. */
  readonly line?: number;
  readonly branch?: string;
  readonly said?: readonly string[];
  /** What is wrong with the turn, or with the bot's own templates. */
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export interface BotAnswer {
  readonly status: number;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it is never sent. */
  readonly hang?: true;
  /** So many milliseconds later. */
  readonly afterMs?: number;
  readonly turn: Turn;
}

export interface Bot {
  readonly name: string;
  readonly file: string;
  readonly rules: number;
  /** Never throws. Bytes and headers are those of a caller over HTTP; without headers no Content-Type is asked for. */
  readonly answer: (request: string | Buffer, headers?: IncomingHttpHeaders) => BotAnswer;
  /** A bot of the same rules and sessions, whose further turns this one knows nothing of. */
  readonly copy: () => Bot;
}

/** Throws FileFaults. */
export function readBot(file: YamlFile, templates: Templates, contracts: RequestContract): Bot {
  const rules = readRules(file, templates);
  const botWith = (sessions: Sessions): Bot => ({
    name: rules.name,
    file: file.file,
    rules: rules.rules.length,
    answer(text, headers) {
      try {
        return answerTurn(rules, sessions, readExchange(text, headers, contracts));
      } catch (problem) {
        return refused(problem instanceof Rejection ? problem : bug(problem));
      }
    },
    copy: () => botWith(sessions.copy()),
  });
  return botWith(new Sessions());
}

function answerTurn(rules: BotRules, sessions: Sessions, { request, notes: read }: ReadExchange): BotAnswer {
  const { userInputType: inputType, userInput: input, executionInfo } = request;
  const session = `${String(executionInfo.busNo)}:${String(executionInfo.contactId)}`;
  const told = { session, inputType, ...(input === undefined || input === null ? {} : { input }) };
  let notes = read;
  let line: number | undefined;
  try {
    const before = sessions.brought(session, inputType, request.botSessionState) ?? beginning(session, rules);
    const choice = choose(rules.rules, request, before.state);
    const fails = choice.rule?.fails;
    notes = [...read, ...choice.notes];
    line = choice.rule?.line;
    const seen = { ...told, ...(line === undefined ? {} : { line }), notes, findings: [] };
    const broken = brokenAnswer(fails);
    if (broken !== undefined) return { ...broken, turn: seen };
    const { branch, said, state, body } = replyOf(choice, request, before);
    if (choice.occasion === 'leave') sessions.end(session);
    else sessions.give(state, fails?.after !== undefined);
    return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body), ...lateness(fails), turn: { ...seen, branch, said } };
  } catch (problem) {
    if (!(problem instanceof Rejection)) throw problem;
    // What a template lacks is the bot's own fault, and 500 is what a bot answers then.
    const status = line === undefined ? undefined : 500;
    return refused(problem, { ...told, ...(line === undefined ? {} : { line }), notes }, status);
  }
}

function beginning(session: string, { begin }: BotRules): SessionState {
  return { session, turn: 0, state: begin, slots: {} };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };

/** What is sent instead of an answer; undefined where an answer is. */
function brokenAnswer(fails: Failure | undefined): Omit<BotAnswer, 'turn'> | undefined {
  if (fails?.hang === true) return { status: 200, headers: {}, body: '', hang: true };
  if (fails?.status === undefined && fails?.body === undefined) return undefined;
  const { status = 200, body = '' } = fails;
  return { status, headers: body === '' ? {} : body.startsWith('<') ? HTML_TYPE : JSON_TYPE, body, ...lateness(fails) };
}

function lateness(fails: Failure | undefined): { readonly afterMs?: number } {
  return fails?.after === undefined ? {} : { afterMs: Math.round(fails.after * 1000) };
}

function bug(problem: unknown): Rejection {
  return reject('INTERNAL', {
    message: 'A bug of the stand-in bot.',
    in: null,
    pointer: null,
    expected: 'an answer',
    received: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem),
    remedy: 'Report it, with the file of the bot and the turn.',
  });
}

/** A bot of ours may explain: on this wire nothing is emulated. */
export function refused(rejection: Rejection, turn: Omit<Turn, 'findings'> = { notes: [] }, status?: number): BotAnswer {
  const { code, message, pointer, expected, received, remedy } = rejection.cause;
  return {
    status: status ?? rejection.statusIn('bot'),
    headers: { ...JSON_TYPE, ...rejection.parts.headers },
    body: JSON.stringify({ code, message, pointer, expected, received, remedy }),
    turn: { ...turn, findings: rejection.findings },
  };
}
