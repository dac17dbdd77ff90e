/** The code behind every operation of the contracts: one line an API group. */
import type { Contract, ContractOperation } from '../openapi/contract.js';
import { explainOperation } from '../control/explain.js';
import { controlOperations, type ControlSettings } from '../control/operations.js';
import type { Pipeline } from '../pipeline/index.js';
import { attributeOperations } from '../cxone/attributes.js';
import { authOperations, type AuthSettings } from '../cxone/auth.js';
import { conversationOperations, type ConversationSettings } from '../cxone/conversations.js';
import { interactionOperations, type InteractionSettings } from '../cxone/interactions.js';
import { type KnowledgeEntry, knowledgeOperations } from '../cxone/knowledge.js';
import type { Operations } from '../cxone/handler.js';
import { skillOperations } from '../cxone/skills.js';
import { transcriptOperations } from '../cxone/transcripts.js';
import { webhookOperations } from '../cxone/webhooks.js';

export interface HandlerParts extends AuthSettings, ConversationSettings, InteractionSettings, Omit<ControlSettings, 'webhooks'> {
  readonly knowledge: readonly KnowledgeEntry[];
  readonly pipeline: () => Pipeline;
}

/** By operationId. Throws if contract and code differ. */
export function createHandlers(parts: HandlerParts, webhooks: readonly ContractOperation[]): Operations {
  const handlers: Operations = {
    ...conversationOperations(parts),
    ...attributeOperations(),
    ...authOperations(parts),
    ...interactionOperations(parts),
    ...skillOperations(),
    ...transcriptOperations(),
    ...knowledgeOperations(parts.knowledge),
    ...webhookOperations(webhooks, parts.studio),
    ...controlOperations({ ...parts, webhooks: webhooks.map(({ operationId }) => operationId) }),
    explainRequest: explainOperation(parts.pipeline),
  };
  requireSameOperations(parts.contract, webhooks, handlers);
  return handlers;
}

function requireSameOperations(contract: Contract, webhooks: readonly ContractOperation[], handlers: Operations): void {
  const known = new Set([...contract.operations.keys(), ...webhooks.map(({ operationId }) => operationId)]);
  const missing = [...known].filter((operationId) => !Object.hasOwn(handlers, operationId));
  const extra = Object.keys(handlers).filter((operationId) => !known.has(operationId));
  if (missing.length + extra.length > 0)
    throw new Error(
      `Contract and operations differ: without code ${missing.join(', ') || 'none'}; without contract ${extra.join(', ') || 'none'}.`,
    );
}
