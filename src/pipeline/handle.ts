/**
 * The operation does its work: what a schema cannot say is checked, then it answers. Both run as one unit on the tenant's
 * state, so that nothing comes between the check and the write. A refused request leaves no mark up to here.
 */
import type { Operation, OutsideOperation, Reply, RunUnit, UnitOperation } from '../cxone/handler.js';
import { HandlerCall } from './handler-context.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

export async function handle(context: RequestContext, services: Services): Promise<void> {
  const operation: Operation | undefined = services.operations[context.operation?.operationId ?? ''];
  if (operation === undefined) return;
  const call = new HandlerCall(context, services);
  if ('perform' in operation) await handleOutside(call, operation, context, services);
  else await handleUnit(call, operation, context, services);
}

async function handleUnit(
  call: HandlerCall,
  operation: UnitOperation,
  context: RequestContext,
  services: Services,
): Promise<void> {
  const { trace } = context;
  trace.stage = 'check-rules';
  await services.store.run(
    context.tenant,
    (state) => {
      operation.check?.(call, state);
      trace.log('The rules allow it.');
      trace.stage = 'answer';
      context.reply = checked(operation.answer(call, state), context, services);
    },
    { dryRun: context.dryRun },
  );
  if (context.events.length > 0) await notifyStudio(context, services);
}

/** An operation that waits for something between its units of state, such as a signature. */
async function handleOutside(
  call: HandlerCall,
  operation: OutsideOperation,
  context: RequestContext,
  services: Services,
): Promise<void> {
  context.trace.stage = 'answer';
  const run: RunUnit = (work) => services.store.run(context.tenant, work, { dryRun: context.dryRun });
  context.reply = checked(await operation.perform(call, run), context, services);
  await notifyStudio(context, services);
}

/** Throws, as for any bug of ours, if the reply breaks the contract: a unit that throws leaves no mark. */
function checked(reply: Reply, { operation }: RequestContext, { validators, settings }: Services): Reply {
  if (operation === undefined || !settings.checkReplies) return reply;
  const [error] = validators.reply(operation, reply.status, reply.body);
  if (error !== undefined)
    throw new Error(`the reply of ${operation.operationId} breaks the contract: ${error.instancePath} ${error.message ?? ''}`);
  return reply;
}

/**
 * Starts the scripts that wait for what happened. The response waits until their effects are done, but for the request of a
 * script. Platform operations do not wait for bots that scripts ask meanwhile: these may be the callers. The control API
 * does, because a test wants to see the result.
 */
async function notifyStudio(context: RequestContext, { studio }: Services): Promise<void> {
  if (context.dryRun) return;
  studio.take(context.tenant, context.events, context.cause);
  if (context.request.parent !== undefined) return;
  const { activity } = context.cause;
  await (context.family.name === 'control' ? activity.settled() : activity.quiet());
}
