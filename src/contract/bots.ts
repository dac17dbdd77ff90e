/** The contracts of bots that the emulator calls: whether an answer, or what Studio sends, is as the contract describes it. */
import { conversationIds } from '../contact/ids.js';
import { NOTHING_KNOWN } from '../contact/id-advice.js';
import type { Finding } from '../rejections.js';
import type { CalledOperation, Contract } from './contract.js';
import { type ExplainContext, explainErrors } from './explain.js';
import { asPublished } from './observed.js';
import type { SchemaErrors, Validators } from './validators.js';

/** How a bot is called: as NiCE's custom exchange endpoint, or as a Cognigy flow at its REST endpoint. */
export type BotProtocol = 'exchange' | 'cognigy-rest';

export interface BotContracts {
  /** Empty where the answer is sound. Each fault has the code BOT_RESPONSE_INVALID. */
  readonly faultsInAnswer: (protocol: BotProtocol, value: unknown) => readonly Finding[];
  /** The same for what Studio sends to an exchange endpoint, with the codes of any request. */
  readonly faultsInRequest: (value: unknown) => readonly Finding[];
  /** What came as it is written behind Virtual Agent Hub, in the words of the published contract. */
  readonly answerAsPublished: (value: unknown) => unknown;
  readonly requestAsPublished: (value: unknown) => unknown;
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
  return {
    faultsInAnswer(protocol, value) {
      const errors = validators.reply(operationOf(protocol), 200, value);
      return explained(errors, value, protocol).map((finding) => ({ ...finding, code: 'BOT_RESPONSE_INVALID' }));
    },
    faultsInRequest: (value) => explained(validators.body(operationOf('exchange'), value), value, 'exchange'),
    answerAsPublished: (value) => asPublished(operationOf('exchange').replies.get(200)?.schema ?? {}, value),
    requestAsPublished: (value) => asPublished(operationOf('exchange').body?.schema ?? {}, value),
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
