/** Stage 8, answer: the operation does its work. Up to here a refused request has left no mark. */
import type { UnitOperation } from '../platform/operation.js';
import type { TenantState } from '../state/store.js';
import type { Exchange } from './exchange.js';

export function answer(exchange: Exchange, operation: UnitOperation, state: TenantState): void {
  exchange.reply = operation.answer(exchange, state);
}
