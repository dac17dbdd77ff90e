/** Studio: the scripts that are loaded, the runs of them that live, and what of the platform sets them going. */
import type { Conversation } from '../cxone/model/conversation.js';
import type { Desk } from '../cxone/agent-simulator.js';
import type { Activity, Cause, PlatformEvent, RunTrace, ScriptReply, Studio, WebhookCall } from '../cxone/studio.js';
import type { LiveRuns } from './live-runs.js';
import { Run } from './run.js';
import type { RunStart, RunWorld } from './sandbox.js';
import type { Script, Trigger } from './script.js';
import { Turns } from './scheduler.js';

/** What Studio needs of the emulator. */
export interface StudioParts extends Omit<RunWorld, 'turns' | 'script' | 'hearerOn' | 'signal' | 'spawn' | 'queued' | 'ended'> {
  /** Begins the trace of a run that no webhook started. `context` is what came in. */
  beginTrace(run: { readonly tenant: string; readonly script: string; readonly context: unknown }, cause: Cause): RunTrace;
  onBug(error: unknown, traceId: string): void;
  readonly rehearsal: Studio['rehearsal'];
  /** Where this is a rehearsal, the runs of the real tenant: they would hear a signal, and are left alone. */
  readonly real: LiveRuns | undefined;
  /** Hears of all that scripts are told, and of what they do themselves. */
  readonly desk: Desk;
}

type StartTrigger = Extract<Trigger, { kind: 'start' }>;

export function createStudio(scripts: ReadonlyMap<string, Script>, runs: LiveRuns, parts: StudioParts): Studio {
  const all = [...scripts.values()];
  const world: RunWorld = {
    ...parts,
    turns: new Turns(parts.rest.monotonic),
    script: (name) => scripts.get(name) ?? missing(name),
    hearerOn,
    signal: deliver,
    spawn: begin,
    queued(tenant, conversationId, { activity }) {
      parts.desk.take(tenant, [{ kind: 'queued', conversationId }], activity);
    },
    ended(tenant, conversationId, { activity }) {
      ended(tenant, conversationId, activity);
    },
  };

  function hearerOn(tenant: string, contactId: string): string | undefined {
    const all = [...runs.on(tenant, contactId), ...(parts.real?.on(tenant, contactId) ?? [])];
    return all.find((run) => run.listens)?.script.name;
  }

  function deliver(tenant: string, contactId: string, parameters: Readonly<Record<string, string>>, cause: Cause): void {
    runs
      .on(tenant, contactId)
      .find((run) => run.listens)
      ?.signal(parameters, cause);
  }

  /** Whom a conversation's customer speaks with: the newest that has asked, one on the conversation's own contact first. */
  function listener(tenant: string, { contactId, conversationId }: Conversation): Run | undefined {
    const own = runs.on(tenant, contactId);
    const spawned = (): Run | undefined => runs.of(tenant).findLast((run) => run.asks && run.conversationId === conversationId);
    return own.find((run) => run.asks) ?? spawned() ?? own[0];
  }

  function stopOn(tenant: string, conversationId: string): void {
    for (const run of runs.of(tenant)) if (run.conversationId === conversationId) run.stop('its conversation ended');
  }

  function ended(tenant: string, conversationId: string, activity: Activity): void {
    stopOn(tenant, conversationId);
    parts.desk.take(tenant, [{ kind: 'ended', conversationId }], activity);
  }

  /** Starts a run with a trace of its own. */
  function begin(start: Omit<RunStart, 'trace'>): void {
    const { tenant, script, context, cause } = start;
    const trace = parts.beginTrace({ tenant, script: script.name, context }, cause);
    launch(new Run({ ...start, trace }, world));
  }

  function launch(run: Run): Run {
    runs.add(run);
    void run
      .go()
      .catch((error: unknown) => {
        parts.onBug(error, run.traceId);
      })
      .finally(() => {
        runs.remove(run);
      });
    return run;
  }

  const onConversation = (tenant: string, script: Script, conversation: Conversation, context: unknown, cause: Cause): void => {
    begin({ script, tenant, contactId: conversation.contactId, context, request: {}, variables: new Map(), cause });
  };

  /** A script for the channel itself comes before one for any. */
  function triggeredBy(kind: 'conversation' | 'handover', channel: string): Script | undefined {
    const fitting = all.filter(({ trigger }) => trigger?.kind === kind);
    const by = (wanted: string | undefined): Script | undefined =>
      fitting.find(({ trigger }) => trigger !== undefined && 'channel' in trigger && trigger.channel === wanted);
    return by(channel) ?? by(undefined);
  }

  function takeOne(tenant: string, event: PlatformEvent, cause: Cause): void {
    switch (event.kind) {
      case 'opened': {
        const script = triggeredBy('conversation', event.conversation.channel);
        if (script !== undefined) onConversation(tenant, script, event.conversation, event.conversation, cause);
        return;
      }
      case 'handed over': {
        const { conversation, handover } = event;
        const script = triggeredBy('handover', conversation.channel);
        const context = { sessionId: conversation.conversationId, ...handover };
        if (script !== undefined) onConversation(tenant, script, conversation, context, cause);
        return;
      }
      case 'script started': {
        const script = scripts.get(event.script);
        if (script === undefined) return;
        const names = script.trigger?.kind === 'start' ? script.trigger.parameters : [];
        begin({
          script,
          tenant,
          contactId: event.conversation.contactId,
          context: { parameters: event.parameters },
          request: {},
          variables: new Map(names.map((name, index) => [name, event.parameters[index] ?? ''])),
          cause,
        });
        return;
      }
      case 'signalled':
        deliver(tenant, event.contactId, event.parameters, cause);
        return;
      case 'ended':
        stopOn(tenant, event.conversationId);
        return;
      case 'customer said':
        listener(tenant, event.conversation)?.customerSays(event.text, cause);
        return;
      case 'customer left':
        for (const run of runs.of(tenant)) if (run.conversationId === event.conversationId) run.customerLeaves(cause);
        return;
      case 'queued':
      case 'staffed':
        return;
      case 'exchanged':
        for (const run of runs.of(tenant)) run.stop('the tenant was reset, or another state was put in its place');
    }
  }

  return {
    count: all.length,
    webhooks: all.flatMap(({ trigger }) => (trigger?.kind === 'webhook' ? [`${trigger.method} ${trigger.path}`] : [])),
    startables: all.flatMap((script) => (script.trigger?.kind === 'start' ? [script.trigger.scriptPath ?? script.name] : [])),
    hearerOn,
    listenerIn(tenant, conversation) {
      const run = listener(tenant, conversation);
      return run === undefined ? undefined : { script: run.script.name, asks: run.asks };
    },
    runningOn: (tenant, contactId) => runs.on(tenant, contactId)[0]?.script.name,
    startedByHandover: (channel) => triggeredBy('handover', channel)?.name,
    startable({ scriptId, scriptPath }) {
      const startable = all.filter((script): script is Script & { trigger: StartTrigger } => script.trigger?.kind === 'start');
      const byId = scriptId === undefined ? undefined : startable.find(({ trigger }) => trigger.scriptId === scriptId);
      const byPath =
        scriptPath === undefined
          ? undefined
          : startable.find(
              ({ name, trigger }) =>
                samePath(trigger.scriptPath ?? name, scriptPath) || samePath(name, scriptPath.replace(/^.*[\\/]/, '')),
            );
      return (byId ?? byPath)?.name;
    },
    rehearsal: parts.rehearsal,
    ended,
    take(tenant, events, cause) {
      for (const event of events) takeOne(tenant, event, cause);
      parts.desk.take(tenant, events, cause.activity);
    },
    runWebhook(name, call: WebhookCall, trace: RunTrace, cause: Cause): Promise<ScriptReply> {
      const script = scripts.get(name) ?? missing(name);
      const { tenant, body, request } = call;
      const run = new Run(
        { script, tenant, contactId: undefined, context: body ?? {}, request, variables: new Map(), trace, cause },
        world,
      );
      const answered = run.answered();
      launch(run);
      return answered;
    },
  };
}

function missing(name: string): never {
  throw new Error(`There is no script ${name}, which should have been found before.`);
}

/** Studio writes paths with backslashes, clients write either; case counts for nothing (assumed). */
function samePath(one: string, other: string): boolean {
  const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
  return plain(one) === plain(other);
}
