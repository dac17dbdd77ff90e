/** The control API: its input, verification and injected faults. */
import { CONVERSATION, HANDOVER, open, send } from '../support/client.js';
import { refusals } from '../support/rows.js';

function stateWithout(list: string): Record<string, unknown> {
  const createdAt = '2026-03-01T09:30:00.000Z';
  const contact = {
    contactId: '463012345678',
    masterContactId: '463012345678',
    conversationId: CONVERSATION,
    userId: null,
    order: 1,
    attributes: {},
    createdAt,
  };
  const conversation = {
    conversationId: CONVERSATION,
    contactId: '463012345678',
    userId: null,
    channel: 'webchat',
    order: 2,
    state: 'bot',
    skillId: null,
    handover: null,
    createdAt,
    queuedAt: null,
    endedAt: null,
  };
  return {
    version: 1,
    issued: { conversations: 0, contacts: 0, records: 2 },
    skills: [],
    users: [],
    contacts: [contact],
    conversations: [conversation],
    [list]: [],
  };
}

refusals('CONTROL_INPUT_INVALID', { status: 400, in: 'body', pointer: '/days/Monday' }, [
  {
    name: 'a state that counts fewer records than it has',
    send: {
      method: 'PUT',
      path: '/_emulator/state',
      body: { ...stateWithout('users'), issued: { conversations: 0, contacts: 0, records: 1 } },
    },
    pointer: '/issued/records',
    remedy: /as it was/,
  },
  {
    name: 'a field missing deep in a state',
    send: { method: 'PUT', path: '/_emulator/state', body: { ...stateWithout('users'), skills: [{ skillId: 1, agents: 1 }] } },
    pointer: '/skills/0/name',
    remedy: /Add "name" to the object at "\/skills\/0"/,
  },
  {
    name: 'an unknown field',
    send: { path: '/_emulator/conversations', body: { conversationid: CONVERSATION } },
    pointer: '/conversationid',
    remedy: /Rename "conversationid" to "conversationId"/,
  },
  {
    name: 'an id that is taken',
    given: (url) => open(url),
    send: { path: '/_emulator/conversations', body: { conversationId: CONVERSATION } },
    pointer: '/conversationId',
    remedy: /reset/,
  },
  {
    name: 'a contact that is taken',
    given: (url) => open(url, { contactId: '463012345678' }),
    send: { path: '/_emulator/conversations', body: { contactId: '463012345678' } },
    pointer: '/contactId',
    remedy: /Leave contactId out/,
  },
  {
    name: 'an unknown parameter',
    send: { path: '/_emulator/traces?conversatonId=x' },
    in: 'query',
    pointer: '/conversatonId',
    remedy: /Rename "conversatonId" to "conversationId"/,
  },
  {
    name: 'a limit of nothing',
    send: { path: '/_emulator/traces?limit=0' },
    in: 'query',
    pointer: '/limit',
    remedy: /from 1 on/,
  },
  {
    name: 'a control call to be explained',
    send: { path: '/_emulator/explain', body: { path: '/_emul%61tor/reset' } },
    pointer: '/path',
    remedy: /always shows its cause/,
  },
  {
    name: 'a state with a conversation on no contact',
    send: { method: 'PUT', path: '/_emulator/state', body: stateWithout('contacts') },
    pointer: '/conversations/0/contactId',
    remedy: /as it was/,
  },
  {
    name: 'more agents than there are people',
    send: { method: 'PATCH', path: '/_emulator/skills/4001', body: { agents: 1e300 } },
    pointer: '/agents',
    remedy: /up to 1000000/,
  },
  {
    name: 'a skill more than there is room for',
    options: { skills: Array.from({ length: 10_000 }, (_, index) => ({ skillId: index + 1, name: 'x', agents: 1 })) },
    send: { method: 'PATCH', path: '/_emulator/skills/10001', body: {} },
    in: 'path',
    pointer: '/skillId',
    remedy: /Change one that is there/,
  },
  {
    name: 'hours over midnight',
    send: { method: 'PUT', path: '/_emulator/hours/2', body: { name: 'Night', days: { Monday: '22:00-06:00' } } },
    remedy: /written as two days/,
  },
  {
    name: 'a day in another form',
    send: { method: 'PUT', path: '/_emulator/hours/2', body: { name: 'Office', days: { Monday: '9-17' } } },
    remedy: /HH:MM/,
  },
  {
    name: 'no time zone',
    send: { method: 'PUT', path: '/_emulator/hours/2', body: { name: 'Office', timeZone: 'Berlin', days: {} } },
    pointer: '/timeZone',
    remedy: /Europe\/Berlin/,
  },
  {
    name: 'an item of a list of the wrong type',
    send: { method: 'PATCH', path: '/_emulator/agents/7', body: { skills: ['4001'] } },
    pointer: '/skills/0',
    remedy: /Send item 0 of skills as a number, without quotes: 4001/,
  },
]);

refusals('TRACE_UNKNOWN', { status: 404, in: 'path', pointer: '/traceId' }, [
  { name: 'no such trace', send: { path: '/_emulator/traces/nothing' }, remedy: /GET \/_emulator\/traces/ },
]);

refusals('VERIFICATION_FAILED', { status: 409, in: 'body', pointer: '/requests/0' }, [
  {
    name: 'a handover that did not come',
    send: { path: '/_emulator/verify', body: { requests: [{ operationId: 'handOverConversation' }] } },
    remedy: /below its \/t\/… prefix/,
    body: { result: 'failed', nearest: null },
  },
]);

refusals('FAULT_INJECTED', { status: 429, in: null, pointer: null }, [
  {
    name: 'a handover that somebody wants throttled',
    given: (url) => send(url, { path: '/_emulator/faults', body: { operationId: 'handOverConversation', status: 429 } }),
    send: { path: HANDOVER, body: {} },
    remedy: /no fault of the request. DELETE .*fault-1/,
    received: /the 1st call that fits fault-1/,
    body: { errorCode: 'TooManyRequests', message: 'Too Many Requests' },
  },
]);

refusals('VERIFICATION_INCONCLUSIVE', { status: 409, in: 'body', pointer: '/requests/0' }, [
  {
    name: 'a header that traces hide',
    given: (url) => fetch(`${url}/nothing`, { headers: { authorization: 'Bearer abc123456' } }),
    send: {
      path: '/_emulator/verify',
      body: { requests: [{ path: '/nothing', outcome: 'any', headers: { authorization: 'Bearer abc123456' } }] },
    },
    remedy: /true asks whether it came at all/,
    body: { result: 'inconclusive' },
  },
]);
