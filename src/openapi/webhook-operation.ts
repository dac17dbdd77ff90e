/** The contract of a webhook, as the script behind it has it. */
import type { ContractOperation, Family, MediaKind, Schema } from './contract.js';

/** What a script says of the path at which it listens. */
export interface WebhookContract {
  readonly script: string;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  /** undefined takes any body. */
  readonly schema: Schema | undefined;
  /** Names of headers that must come, in lower case. */
  readonly headers: readonly string[];
  readonly types: readonly MediaKind[];
}

/** Webhooks have the error bodies of the family that this path belongs to, wherever they listen. */
export const WEBHOOK_PREFIX = '/webhooks';

export function webhookOperation(webhook: WebhookContract, family: Family): ContractOperation {
  const { script, method, path, schema, headers, types } = webhook;
  return {
    operationId: `webhook:${script}`,
    script,
    summary: `The webhook of the script ${script}`,
    method,
    path,
    family,
    provenance: 'assumed',
    token: 'optional',
    parameters: headers.map((name) => ({
      name,
      in: 'header',
      required: true,
      schema: { type: 'string', minLength: 1 } as Schema,
    })),
    body: method === 'GET' ? undefined : { kinds: types, required: schema !== undefined, schema: schema ?? {}, examples: [] },
    replies: new Map(),
  };
}
