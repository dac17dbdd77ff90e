/** Interactions of the ACD: signals to a contact, contacts, and the start of a script. */
import type { Contact } from './model/contact.js';
import type { ConversationState } from './model/conversation.js';
import { MOST_SIGNAL_PARAMETERS } from './model/signal.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { reject } from '../errors/catalogue.js';
import { listed, oneOf, show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import { mediaTypeOf, partOf, SCRIPT_CHANNEL, wireId, withFields } from './acd-format.js';
import { contactInPath } from './contact-rules.js';
import type { Call, Operations } from './handler.js';
import type { Studio } from './studio.js';
import { requireSkill } from './skill-rules.js';

export interface InteractionSettings {
  /** What a signal that was taken is answered. */
  readonly signalStatus: number;
  readonly studio: Studio;
}

type Parameters = Readonly<Record<string, string>>;

export function interactionOperations({ signalStatus, studio }: InteractionSettings): Operations {
  return {
    signalContact: {
      check(call, state) {
        contactInPath(call, state);
        requireFewParameters(call);
      },
      answer(call, state) {
        const contact = contactInPath(call, state);
        const parameters = parametersOf(call);
        warnAboutGaps(call, parameters);
        const hearer = studio.hearerOn(call.tenant, contact.contactId);
        if (hearer === undefined) warnUnheard(call, contact, studio, state);
        state.addSignal({ contactId: contact.contactId, parameters, receivedAt: call.now });
        const names = Object.keys(parameters);
        call.tell(
          `Contact ${contact.contactId} is signalled with ${names.length === 0 ? 'no parameters' : listed(names)}${hearer === undefined ? '' : `; the script ${hearer} hears it`}.`,
        );
        call.emit({ kind: 'signalled', contactId: contact.contactId, parameters });
        return { status: signalStatus };
      },
    },

    getContact: {
      check(call, state) {
        contactInPath(call, state);
      },
      answer: (call, state) => ({ status: 200, body: withFields(call, wireContact(contactInPath(call, state), state)) }),
    },

    getActiveContacts: {
      answer(call, state) {
        const active = state.contacts().filter((contact) => state.conversation(contact.conversationId)?.state !== 'ended');
        return {
          status: 200,
          body: {
            totalRecords: active.length,
            businessUnitId: state.identity.busNo,
            lastPollTime: call.now,
            activeContacts: partOf(call, active, (contact) => wireContact(contact, state)),
          },
        };
      },
    },

    startScript: {
      check(call, state) {
        const { skillId, scriptId, scriptPath } = call.query as { skillId: number; scriptId?: string; scriptPath?: string };
        if (scriptId === undefined && scriptPath === undefined) throw scriptMissing();
        if (studio.count > 0 && studio.startable(wantedBy(scriptId, scriptPath)) === undefined)
          throw scriptUnknown(studio, scriptId, scriptPath);
        requireSkill(skillId, { in: 'query', pointer: '/skillId' }, state);
      },
      answer(call, state) {
        const { skillId, scriptId, scriptPath, parameters } = call.query as {
          skillId: number;
          scriptId?: string;
          scriptPath?: string;
          parameters?: string;
        };
        const conversation = state.openConversation({ channel: SCRIPT_CHANNEL, skillId }, call.now);
        call.concern(conversation);
        const script = studio.startable(wantedBy(scriptId, scriptPath));
        if (script === undefined) warnNotRun(call, scriptPath ?? scriptId ?? '', pointerTo(scriptPath));
        else call.emit({ kind: 'script started', script, conversation, parameters: parameters?.split('|') ?? [] });
        return { status: 200, body: { contactId: wireId(conversation.contactId) } };
      },
    },
  };
}

const PARAMETER = /^p([1-9][0-9]*)$/;

function requireFewParameters(call: Call): void {
  const body = (call.body ?? {}) as Parameters;
  const beyond = (fields: Readonly<Record<string, unknown>>): string | undefined =>
    Object.keys(fields).find((name) => Number(PARAMETER.exec(name)?.[1]) > MOST_SIGNAL_PARAMETERS);
  const [place, name] =
    beyond(call.query) === undefined ? (['body', beyond(body)] as const) : (['query', beyond(call.query)] as const);
  if (name === undefined) return;
  throw reject('SIGNAL_PARAMETER_LIMIT', {
    message: `${name} is one parameter too many.`,
    in: place,
    pointer: `/${name}`,
    expected: 'p1 to p9',
    received: name,
    remedy:
      'A script’s ONSIGNAL has SP1 to SP9 only: put what belongs together into one parameter, such as JSON or a list that the script splits.',
  });
}

/** From the query and the body; the body wins. */
function parametersOf(call: Call): Parameters {
  const body = (call.body ?? {}) as Parameters;
  const parameters: Record<string, string> = {};
  for (let number = 1; number <= MOST_SIGNAL_PARAMETERS; number += 1) {
    const name = `p${String(number)}`;
    const [inQuery, inBody] = [call.query[name] as string | undefined, body[name]];
    const value = inBody ?? inQuery;
    if (value !== undefined) parameters[name] = value;
    if (inQuery !== undefined && inBody !== undefined) warnOverridden(call, name, inQuery, inBody);
  }
  return parameters;
}

function warnOverridden(call: Call, name: string, inQuery: string, inBody: string): void {
  call.warn('SIGNAL_PARAMETER_OVERRIDDEN', {
    message: `${name} stands in the query and in the body; the body wins.`,
    in: 'query',
    pointer: `/${name}`,
    expected: 'every parameter once',
    received: inQuery === inBody ? `${show(inQuery)} in both` : `${show(inQuery)}, and ${show(inBody)} in the body`,
    remedy: `Send ${name} once. Which one CXone takes is not known.`,
  });
}

function warnAboutGaps(call: Call, parameters: Parameters): void {
  const given = Object.keys(parameters).filter((name) => parameters[name] !== '');
  const last = Math.max(0, ...given.map((name) => Number(name.slice(1))));
  const missing = Array.from({ length: Math.max(1, last) }, (_, index) => `p${String(index + 1)}`).filter(
    (name) => !given.includes(name),
  );
  if (missing[0] === undefined) return;
  call.warn('SIGNAL_PARAMETER_GAP', {
    message: `The signal has no ${listed(missing)}.`,
    in: 'query',
    pointer: `/${missing[0]}`,
    expected: 'p1, and every parameter up to the last',
    received: given.length === 0 ? 'no parameter with a value' : listed(given),
    remedy: missing.includes('p1')
      ? 'Scripts branch on SP1, such as Escalate or End: send p1.'
      : `The script will find SP${missing[0].slice(1)} empty: send a value, or move the others up.`,
  });
}

/** A signal to a contact whose script does not listen is taken, and nothing comes of it (doc). */
function warnUnheard(call: Call, contact: Contact, studio: Studio, state: TenantState): void {
  const { contactId, masterContactId, conversationId } = contact;
  const isMaster = contactId === masterContactId;
  const spawned = isMaster ? state.contactsSpawnedFrom(contactId).map((other) => other.contactId) : [];
  const ended = state.conversation(conversationId)?.state === 'ended';
  const listening = spawned.filter((other) => studio.hearerOn(call.tenant, other) !== undefined);
  const running = studio.runningOn(call.tenant, contactId);
  call.warn('SIGNAL_UNHEARD', {
    message: ended
      ? 'The conversation on this contact is over: nobody hears the signal.'
      : 'No script on this contact hears the signal.',
    in: 'path',
    pointer: '/contactId',
    expected: 'a contact on which a script with an ONSIGNAL runs',
    received: `${contactId}, ${isMaster ? 'a master contact' : `a spawned contact of ${masterContactId}`} on which ${running === undefined ? 'no script runs' : `the script ${running} runs, which has no ONSIGNAL`}`,
    remedy:
      spawned.length > 0
        ? `A signal goes to the contact of the spawned script, not to its master: send it to ${oneOf((listening.length > 0 ? listening : spawned).slice(0, 5))}.`
        : studio.count > 0 && !isMaster && running === undefined
          ? `A signal is heard only while the script runs that has the ONSIGNAL. Where that has ended, as after an earlier signal, send this one before, or lead the script back to its WAIT. Its trace shows where it ended: GET /_emulator/traces?contactId=${contactId}.`
          : 'In CXone the signal would be taken and lost unless the script that runs on this contact has an ONSIGNAL. A bot gets the id of that contact from Studio: executionInfo.contactId, or the part of ocpSessionId behind the colon.',
  });
}

/** The states of a contact, as the ACD names them (assumed). */
const STATE_NAMES: Readonly<Record<ConversationState, string>> = {
  bot: 'PreQueue',
  queued: 'InQueue',
  agent: 'Active',
  ended: 'EndContact',
};

function wireContact({ contactId, masterContactId, conversationId, createdAt }: Contact, state: TenantState): object {
  const conversation = state.conversation(conversationId);
  const skill = conversation?.skillId === null || conversation === undefined ? undefined : state.skill(conversation.skillId);
  return {
    contactId: wireId(contactId),
    masterContactId: wireId(masterContactId),
    businessUnitId: state.identity.busNo,
    ...mediaTypeOf(conversation?.channel ?? ''),
    skillId: skill?.skillId ?? null,
    skillName: skill?.name ?? null,
    stateName: STATE_NAMES[conversation?.state ?? 'ended'],
    isOutbound: false,
    contactStartDate: createdAt,
    contactEndDate: conversation?.endedAt ?? null,
  };
}

function scriptMissing(): ReturnType<typeof reject> {
  return reject('REQUIRED_FIELD_MISSING', {
    message: 'No script is named.',
    in: 'query',
    pointer: '/scriptPath',
    expected: 'scriptPath or scriptId',
    received: 'neither',
    remedy: 'Name the script by its path (scriptPath) or its id (scriptId).',
    provenance: 'assumed',
  });
}

function warnNotRun(call: Call, script: string, pointer: string): void {
  call.warn('SCRIPT_NOT_RUN', {
    message: 'The contact is open, and no script runs on it.',
    in: 'query',
    pointer,
    expected: 'a script that is loaded here',
    received: show(script),
    remedy:
      'No scripts are loaded: start the emulator with --scripts and the folder of yours. The contact stays as it is until POST /_emulator/conversations/{id}/end.',
  });
}

function wantedBy(scriptId: string | undefined, scriptPath: string | undefined): { scriptId?: string; scriptPath?: string } {
  return { ...(scriptId === undefined ? {} : { scriptId }), ...(scriptPath === undefined ? {} : { scriptPath }) };
}

function pointerTo(scriptPath: string | undefined): string {
  return scriptPath === undefined ? '/scriptId' : '/scriptPath';
}

/** So many scripts are named at most. */
const MOST_NAMED = 8;

function scriptUnknown({ startables }: Studio, scriptId?: string, scriptPath?: string): ReturnType<typeof reject> {
  const near = nearMiss(scriptPath ?? scriptId ?? '', startables);
  return reject('SCRIPT_UNKNOWN', {
    message: 'No script that can be started so is loaded.',
    in: 'query',
    pointer: pointerTo(scriptPath),
    expected:
      startables.length === 0
        ? 'a script with the trigger start, and none has it'
        : `a script with the trigger start: ${listed(startables.slice(0, MOST_NAMED))}`,
    received: show(scriptPath ?? scriptId),
    remedy:
      near === undefined
        ? 'Name one of these, or give the script a trigger: start: {scriptPath: …} or {scriptId: …}.'
        : `Did you mean ${near}?`,
  });
}
