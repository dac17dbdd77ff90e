/** Stage 7, check-rules: what a schema cannot say, such as the form of an id, whether it is known, and which state allows what. */
import type { UnitOperation } from '../platform/operation.js';
import type { TenantState } from '../state/store.js';
import type { Exchange } from './exchange.js';

export function checkRules(exchange: Exchange, operation: UnitOperation, state: TenantState): void {
  operation.check?.(exchange, state);
  exchange.tell('The rules allow it.');
}
