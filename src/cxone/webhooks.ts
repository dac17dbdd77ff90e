/** Custom webhooks: each runs the Studio script that listens at its path. */
import type { Operations, OutsideCall } from './handler.js';
import type { TenantSnapshot } from './store/store.js';
import type { ScriptReply, Studio } from './studio.js';

/** A path at which a script listens, as the contract knows it. */
export interface Webhook {
  readonly operationId: string;
  readonly script?: string;
}

export function webhookOperations(webhooks: readonly Webhook[], studio: Studio): Operations {
  return Object.fromEntries(
    webhooks.map(({ operationId, script = '' }) => [
      operationId,
      {
        async perform(call, run) {
          const { tenant, body, method, path, query, headers, cause } = call;
          const request = { method, path, query, headers };
          const play = (stage: Studio): Promise<ScriptReply> =>
            stage.runWebhook(script, { tenant, body, request }, call.runScript(script), cause);
          const reply = call.dryRun
            ? await rehearsed(await run((state) => state.export()), call, studio, play)
            : await play(studio);
          const { body: _, text: __, ...bare } = reply;
          return reply.status === 204 || reply.status === 304 ? bare : reply;
        },
      },
    ]),
  );
}

/** Where a request is only explained, the script runs on a copy of the tenant. */
async function rehearsed(
  state: TenantSnapshot,
  { tenant, cause }: OutsideCall,
  studio: Studio,
  play: (stage: Studio) => Promise<ScriptReply>,
): Promise<ScriptReply> {
  const rehearsal = await studio.rehearsal(tenant, state);
  try {
    const reply = await play(rehearsal.studio);
    await cause.activity.quiet();
    return reply;
  } finally {
    rehearsal.end();
  }
}
