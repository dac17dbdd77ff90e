/** Reads what a step of a scenario expects. */
import { nearMiss } from '../shared/did-you-mean.js';
import { CATALOGUE } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { Path, Pattern } from './patterns.js';
import type { ConversationMeant } from './default-conversation.js';
import type { Expectation, Saying, TraceExpectation } from './scenario.js';
import type { TemplateReader } from './template-reader.js';

type Row = Readonly<Record<string, unknown>>;
export type ExpectObject = Row;

/** What is told about the answer of a request, which a step without one has not. */
const OF_WHOLE_ANSWER = ['status', 'headers', 'body'];
const OF_AN_ANSWER = [...OF_WHOLE_ANSWER, 'noAnswer', 'cause', 'warnings', 'calls'];

export class ExpectationReader {
  readonly #texts: TemplateReader;
  readonly #meant: ConversationMeant;

  constructor(texts: TemplateReader, meant: ConversationMeant) {
    this.#texts = texts;
    this.#meant = meant;
  }

  /** `ofAnswer`: whether there is a request whose answer can be looked at. */
  expectation(expect: ExpectObject, path: Path, ofAnswer: boolean): Expectation {
    this.#texts.usesToken = false;
    if (!ofAnswer)
      for (const name of OF_AN_ANSWER.filter((part) => expect[part] !== undefined))
        this.#texts.fault([...path, name], `there is no answer to look at: give the wait a request, or leave ${name} out`);
    const trace = expect.trace as (Row & { readonly script?: string }) | undefined;
    if (!ofAnswer && trace !== undefined && trace.script === undefined)
      this.#texts.fault(
        [...path, 'trace'],
        'there is no answer whose trace to look at: name a script, or give the wait a request',
      );
    const part = (name: string, value: unknown = expect[name]): Pattern | undefined =>
      value === undefined ? undefined : this.#texts.pattern([...path, name], value === 'none' ? [] : value);
    const headers = expect.headers as Row | undefined;
    const { cause } = expect;
    const causePattern =
      cause === undefined || cause === 'none'
        ? cause
        : part('cause', typeof cause === 'string' ? { code: cause } : this.#coded(cause as Row, path));
    return {
      path,
      noAnswer: this.#noAnswer(expect, path),
      status: part('status'),
      headers: headers === undefined ? undefined : this.#headers(headers, [...path, 'headers']),
      body: part('body'),
      cause: causePattern,
      trace: trace === undefined ? undefined : this.#trace(trace, [...path, 'trace']),
      warnings: expect.warnings === 'none' ? [] : (expect.warnings as readonly string[] | undefined),
      conversation: this.#conversation(expect.conversation as Row | undefined, [...path, 'conversation']),
      said: this.#said(expect.said, [...path, 'said']),
      signals: part('signals'),
      transcripts: part('transcripts'),
      calls: part('calls'),
      usesToken: this.#texts.usesToken,
    };
  }

  #noAnswer(expect: ExpectObject, path: Path): Expectation['noAnswer'] {
    if (expect.noAnswer === undefined) return undefined;
    for (const name of OF_WHOLE_ANSWER.filter((part) => expect[part] !== undefined))
      this.#texts.fault([...path, name], `no answer comes, so there is no ${name} to look at`);
    return expect.noAnswer as Expectation['noAnswer'];
  }

  /** A code that there is not would never come. */
  #coded(cause: Row, path: Path): Row {
    const { code } = cause;
    const codes = Object.keys(CATALOGUE);
    if (typeof code === 'string' && !code.startsWith('$') && !/\{\{|\{%/.test(code) && !codes.includes(code)) {
      const near = nearMiss(code, codes);
      this.#texts.fault(
        [...path, 'cause', 'code'],
        `there is no code ${show(code)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
    }
    return cause;
  }

  #headers(headers: Row, path: Path): Pattern {
    const patterns = Object.entries(headers).map(([name, value]) => ({
      name,
      pattern: this.#texts.pattern([...path, name], value),
    }));
    return (scope) => {
      const comparisons = patterns.map(({ name, pattern }) => ({ name, comparison: pattern(scope) }));
      return (actual, at) =>
        comparisons.flatMap(({ name, comparison }) => {
          const lower = name.toLowerCase();
          return comparison((actual as Row)[lower], [...at, lower]).map((found) => ({ ...found, path: [name, ...found.path] }));
        });
    };
  }

  #trace(trace: Row, path: Path): TraceExpectation {
    const { script, codes = [], actions, branches, ...fields } = trace;
    return {
      script: script as string | undefined,
      codes: codes as readonly string[],
      fields: Object.keys(fields).length === 0 ? undefined : this.#texts.pattern(path, fields),
      actions: actions as readonly string[] | undefined,
      branches: branches === undefined ? undefined : this.#texts.pattern([...path, 'branches'], branches),
    };
  }

  #conversation(wanted: Row | undefined, path: Path): Expectation['conversation'] {
    if (wanted === undefined) return undefined;
    const { conversationId, ...rest } = wanted;
    if (conversationId !== undefined) {
      if (typeof conversationId !== 'string') this.#texts.fault([...path, 'conversationId'], 'conversationId must be a text');
      return {
        conversationId: this.#texts.template([...path, 'conversationId'], conversationId),
        pattern: this.#texts.pattern(path, rest),
      };
    }
    return { conversationId: this.#meant.template(path), pattern: this.#texts.pattern(path, rest) };
  }

  #said(wanted: unknown, path: Path): Expectation['said'] {
    if (wanted === undefined) return undefined;
    const conversationId = this.#meant.template(path);
    const saying = (of: Saying['of'], value: unknown): Saying => ({
      conversationId,
      of,
      pattern: this.#texts.pattern(path, value),
    });
    if (wanted === 'none') return saying('texts', []);
    if (!Array.isArray(wanted)) return saying('lines', wanted);
    return wanted.some(isMessage)
      ? saying(
          'messages',
          wanted.map((one: unknown) => (isMessage(one) ? one : { text: one })),
        )
      : saying('texts', wanted);
  }
}

function isMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ['from', 'name', 'text'].some((name) => name in value);
}
