/** Knowledge Hub: answers a question from the config file. */
import { reject } from '../errors/catalogue.js';
import { describe, listed, show } from '../shared/format.js';
import { fits } from './bounded-pattern.js';
import { knownContact } from './contact-rules.js';
import type { Call, Operations } from './handler.js';
import { warnIfOtherBusinessUnit } from './transcripts.js';

/** One answer of the config file: for questions that its pattern fits. */
export interface KnowledgeEntry {
  /** A regular expression; capitals do not matter. */
  readonly pattern: string;
  readonly completion?: string;
  readonly links?: readonly string[];
  readonly images?: readonly string[];
  /** Addresses of the sources. */
  readonly citations?: readonly string[];
  /** Default: 200. The client reads 404, 418, 250 and 251 as "not found", 406 and 411 as "say more", 413 as "too long". */
  readonly status?: number;
}

interface Query {
  readonly meta: { readonly busNumber: string; readonly contactNumber: string };
  readonly query: { readonly text: string };
  readonly kbFiltering?: { readonly conversationContextRefId?: string };
}

const CONTACT = { in: 'body', pointer: '/meta/contactNumber' } as const;

/** A question is looked at no further. */
const LONGEST_QUESTION = 2000;

export function knowledgeOperations(entries: readonly KnowledgeEntry[]): Operations {
  const known = entries.map((entry) => ({ ...entry, expression: new RegExp(entry.pattern, 'iu') }));

  /** The first entry that fits; those that are too slow to be looked at are passed over, and told. */
  function entryFor(call: Call, text: string): KnowledgeEntry | undefined {
    return known.find(({ pattern, expression }) => {
      const answer = fits(expression, text.slice(0, LONGEST_QUESTION));
      if (answer === 'slow')
        call.tell(`The pattern ${show(pattern)} of the config file takes too long on this question: it is passed over.`);
      return answer === true;
    });
  }

  return {
    queryKnowledge: {
      check(call, state) {
        knownContact(call, (call.body as Query).meta.contactNumber, CONTACT, state);
      },
      answer(call, state) {
        const { meta, query, kbFiltering } = call.body as Query;
        warnIfOtherBusinessUnit(call, meta.busNumber, '/meta/busNumber', state);
        const entry = entryFor(call, query.text);
        if (entry === undefined) throw noAnswer(query.text, entries);
        const conversationContextRefId = kbFiltering?.conversationContextRefId ?? state.newId();
        call.tell(`The pattern ${show(entry.pattern)} of the config file answers.`);
        return { status: entry.status ?? 200, body: { kbAnswers: answerOf(entry, conversationContextRefId) } };
      },
    },
  };
}

function answerOf(entry: KnowledgeEntry, conversationContextRefId: string): object {
  const { completion, links = [], images = [], citations = [] } = entry;
  return {
    kbCompletions:
      completion === undefined
        ? []
        : [{ kbCompletion: completion, citations: citations.map((Uri) => ({ metadata: [{ Uri }] })) }],
    kbLinks: links.map((link) => ({ link })),
    kbImages: images.map((link) => ({ link })),
    conversationContextRefId,
  };
}

function noAnswer(text: string, entries: readonly KnowledgeEntry[]): ReturnType<typeof reject> {
  const patterns = entries.slice(0, 5).map(({ pattern }) => show(pattern));
  return reject('KNOWLEDGE_NO_ANSWER', {
    message: 'No answer of the config file fits the question.',
    in: 'body',
    pointer: '/query/text',
    expected:
      patterns.length === 0
        ? 'a question that "knowledge" in the config file answers; it has none'
        : `a text that fits ${listed(patterns)}`,
    received: describe(text),
    remedy:
      'Add an answer to the config file, such as knowledge: [{pattern: invoice, completion: …}], with a pattern that fits this question. A client reads this 404 as "not found", as it would with a knowledge base that has nothing on it.',
  });
}
