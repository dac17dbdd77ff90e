/** Stage 8, answer: the operation does its work. Up to here a refused request has left no mark; a reply that breaks the contract leaves none either. */
import type { Reply, UnitOperation } from '../platform/operation.js';
import type { TenantState } from '../state/store.js';
import type { Exchange } from './exchange.js';
import type { Services } from './services.js';

export function answer(exchange: Exchange, operation: UnitOperation, state: TenantState, services: Services): void {
  reply(exchange, operation.answer(exchange, state), services);
}

/** Takes a reply after a look at the contract; throws, as for any bug of ours, where the reply breaks it. */
export function reply(exchange: Exchange, given: Reply, { validators, settings }: Services): void {
  const { operation } = exchange;
  if (operation !== undefined && settings.checkReplies) {
    const [error] = validators.reply(operation, given.status, given.body);
    if (error !== undefined)
      throw new Error(`the reply of ${operation.operationId} breaks the contract: ${error.instancePath} ${error.message ?? ''}`);
  }
  exchange.reply = given;
}
