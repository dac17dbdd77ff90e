/** The contracts of bots that the emulator calls: whether an answer, or what Studio sends, is as the contract describes it. */
import { conversationIds } from '../cxone/model/ids.js';
import { NOTHING_KNOWN } from '../cxone/model/id-advice.js';
import type { Finding } from '../errors/catalogue.js';
import type { CalledOperation, Contract, Schema } from './contract.js';
import { type ExplainContext, explainErrors } from './explain-schema-errors.js';
import { asPublished, onlyKnown } from './observed-bot-contract.js';
import { unknownFields } from './unknown-fields.js';
import type { SchemaErrors, Validators } from './validators.js';

/** How a bot is called: as NiCE's custom exchange endpoint, or as a Cognigy flow at its REST endpoint. */
export type BotProtocol = 'exchange' | 'cognigy-rest';

export interface BotContracts {
  /** Empty where the answer is sound. Each fault has the code BOT_RESPONSE_INVALID. */
  readonly faultsInAnswer: (protocol: BotProtocol, value: unknown) => readonly Finding[];
  /** The same for what Studio sends to an exchange endpoint, with the codes of any request. */
  readonly faultsInRequest: (value: unknown) => readonly Finding[];
  /** An exchange's answer as it is written behind Virtual Agent Hub. */
  readonly answerAsObserved: (value: unknown) => Observed;
  readonly requestAsObserved: (value: unknown) => Observed;
}

/** What came looser than the published contract has it. */
export interface Observed {
  /** In the words of the published contract, without what it does not have. */
  readonly value: unknown;
  /** What even a loose reader does not understand; codes as for what came by the book. */
  readonly faults: readonly Finding[];
  /** Members that nobody reads, and that nearly are ones of the contract which did not come: what they hold is lost. */
  readonly unread: readonly Finding[];
}

const OPERATIONS: Readonly<Record<BotProtocol, { readonly operationId: string; readonly reader: string }>> = {
  exchange: { operationId: 'exchangeWithBot', reader: 'the contract of exchange endpoints' },
  'cognigy-rest': { operationId: 'sendToFlow', reader: 'the contract of Cognigy’s REST endpoint' },
};

export function botContracts({ called }: Pick<Contract, 'called'>, validators: Validators): BotContracts {
  const operationOf = (protocol: BotProtocol): CalledOperation => {
    const { operationId } = OPERATIONS[protocol];
    const operation = called.get(operationId);
    if (operation === undefined) throw new Error(`There is no contract for ${operationId}.`);
    return operation;
  };
  const answerErrors = (protocol: BotProtocol, value: unknown): SchemaErrors =>
    validators.reply(operationOf(protocol), 200, value);
  const requestErrors = (value: unknown): SchemaErrors => validators.body(operationOf('exchange'), value);
  return {
    faultsInAnswer: (protocol, value) => ofBot(explained(answerErrors(protocol, value), value, protocol)),
    faultsInRequest: (value) => explained(requestErrors(value), value, 'exchange'),
    answerAsObserved(value) {
      const schema = operationOf('exchange').replies.get(200)?.schema ?? {};
      const observed = asObserved(schema, value, (published) => answerErrors('exchange', published));
      return { ...observed, faults: ofBot(observed.faults) };
    },
    requestAsObserved: (value) => asObserved(operationOf('exchange').body?.schema ?? {}, value, requestErrors),
  };
}

function ofBot(faults: readonly Finding[]): Finding[] {
  return faults.map((finding) => ({ ...finding, code: 'BOT_RESPONSE_INVALID' }));
}

/** Faults are explained by all that came: a member of another name may be the one that is missing. */
function asObserved(schema: Schema, value: unknown, errorsIn: (value: unknown) => SchemaErrors): Observed {
  const published = asPublished(schema, value);
  const errors = errorsIn(published).filter(({ keyword }) => keyword !== 'additionalProperties');
  return {
    value: onlyKnown(schema, published),
    faults: explained(errors, published, 'exchange'),
    unread: unknownFields(schema, value).flatMap(({ near, finding }) => (near ? finding : [])),
  };
}

function explained(errors: SchemaErrors, body: unknown, protocol: BotProtocol): Finding[] {
  return errors.length === 0 ? [] : explainErrors([], errors, { ...CONTEXT, body, reader: OPERATIONS[protocol].reader });
}

/** No field of these contracts is a conversation id. */
const CONTEXT: Omit<ExplainContext, 'body'> = {
  ids: conversationIds('uuid'),
  known: NOTHING_KNOWN,
  query: {},
  form: false,
  ignored: [],
};
