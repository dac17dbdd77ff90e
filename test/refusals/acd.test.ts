/** Signals, skills and hours of the ACD, transcripts and Knowledge Hub. */
import { CONTACT, HANDOVER, type Message, open, send, withToken } from '../support/client.js';
import { refusals, warnings } from '../support/rows.js';

const ACD = '/inContactAPI/services/v30.0';
const SIGNAL = `${ACD}/interactions/${CONTACT}/signal`;
const TRANSCRIPT = '/aai/tms/transcripts/post';
const KNOWLEDGE = '/eai-real-time-insight/v4/direct-query';

const opened = (url: string): Promise<unknown> => open(url, { contactId: CONTACT });
const post = (path: string, body?: unknown): ((url: string) => Promise<Message>) =>
  withToken({ method: 'POST', path, ...(body === undefined ? {} : { body }) });

/** Of the conversation that was opened. */
async function handover(url: string): Promise<Message> {
  const { items } = (await send(url, { path: '/_emulator/conversations' })).body;
  return { path: HANDOVER, body: { sessionId: items[0].conversationId, skillId: 4001 } };
}

const line = {
  participantId: 'Patron',
  messageBody: 'Hello',
  messageContentType: 'TRANSCRIPT',
  utcDateTime: '2026-03-01T09:30:00.000',
};
const details = {
  transcriptPublishSettingOption: 'PUBLISH_TRANSCRIPTS_ONLY',
  sessionCompletionType: 'ESCALATED',
  sessionCompletionDetails: 'x',
  transcriptSummary: '',
  transcripts: [line],
};
const transcript = {
  vendorId: 'Cognigy',
  busId: '4597359',
  virtualAgentId: '',
  contactId: CONTACT,
  contactState: 'SELF_SERVICE',
  mediaType: 'Voice',
  selfServiceSessionDetails: details,
};
const posted = (changes: object): ((url: string) => Promise<Message>) => post(TRANSCRIPT, { ...transcript, ...changes });

const question = {
  meta: { busNumber: '4597359', contactNumber: CONTACT },
  query: { text: 'How do I reset my password?' },
  config: { awsBedrock: { awsBedrockKbId: 'KB1' } },
};
const answers = { knowledge: [{ pattern: 'password', completion: 'Choose "Forgot password".' }] };

refusals('CONTACT_ID_FORMAT', { status: 400, in: 'path', pointer: '/contactId' }, [
  {
    name: 'a signal to an ocpSessionId',
    send: post(`${ACD}/interactions/4597359:${CONTACT}/signal?p1=Escalate`),
    remedy: new RegExp(`send the part behind the colon, ${CONTACT}`),
    body: { error: 'invalid_request' },
  },
  {
    name: 'a contact id as a number beyond 2^53-1, never rounded',
    send: withToken({ path: TRANSCRIPT, body: JSON.stringify(transcript).replace(`"${CONTACT}"`, '9007199254740993') }),
    in: 'body',
    remedy: /loses digits/,
  },
]);

refusals('CONTACT_PLACEHOLDER', { status: 400, in: 'path', pointer: '/contactId' }, [
  {
    name: 'a signal from Cognigy’s test chat',
    send: post(`${ACD}/interactions/100000000000/signal?p1=Escalate`),
    remedy: /test chat/,
  },
  { name: 'a transcript of the test chat', send: posted({ contactId: '100000000000' }), in: 'body', remedy: /test chat/ },
]);

refusals('CONTACT_UNKNOWN', { status: 404, in: 'path', pointer: '/contactId' }, [
  {
    name: 'a signal to nobody',
    send: post(`${SIGNAL}?p1=Escalate`),
    remedy: /POST \/_emulator\/conversations/,
    body: { error: 'not_found' },
  },
  {
    name: 'a contact of another tenant',
    given: (url) => send(url, { path: '/t/alpha/_emulator/conversations', body: { contactId: CONTACT } }),
    send: withToken({ path: `${ACD}/contacts/${CONTACT}` }),
    remedy: /Another tenant’s contacts are not seen/,
  },
  { name: 'a transcript of nobody', send: posted({}), in: 'body', remedy: /POST \/_emulator\/conversations/ },
]);

refusals('SIGNAL_PARAMETER_LIMIT', { status: 400, in: 'query', pointer: '/p10', given: opened }, [
  { name: 'p10 in the query', send: post(`${SIGNAL}?p1=Escalate&p10=x`), remedy: /SP1 to SP9/ },
  {
    name: 'p12 in the body',
    send: post(SIGNAL, { p1: 'Escalate', p12: 'x' }),
    in: 'body',
    pointer: '/p12',
    remedy: /into one parameter/,
  },
]);

refusals('SCHEMA_MISMATCH', { status: 400, in: 'body', pointer: '/p2' }, [
  {
    name: 'an object as a parameter',
    given: opened,
    send: post(SIGNAL, { p1: 'Escalate', p2: { intent: 'billing' } }),
    remedy: /serialise it to a string/,
  },
  {
    name: 'a skill by its name',
    send: withToken({ path: `${ACD}/skills/Support` }),
    in: 'path',
    pointer: '/skillId',
    remedy: /a whole number/,
  },
  {
    name: 'a contact id as a number that is exact',
    given: opened,
    send: posted({ contactId: Number(CONTACT) }),
    pointer: '/contactId',
    remedy: /in double quotes: "463012345678"/,
  },
  {
    name: 'a time with a Z',
    given: opened,
    send: posted({
      selfServiceSessionDetails: { ...details, transcripts: [line, { ...line, utcDateTime: '2026-03-01T09:30:00.000Z' }] },
    }),
    pointer: '/selfServiceSessionDetails/transcripts/1/utcDateTime',
    remedy: /without a Z.*assumed/,
  },
  {
    name: 'a media type in small letters',
    given: opened,
    send: posted({ mediaType: 'voice' }),
    pointer: '/mediaType',
    remedy: /Did you mean Voice\?/,
  },
  {
    name: 'a question without the object around it',
    send: post(KNOWLEDGE, { ...question, query: 'Where is my parcel?' }),
    pointer: '/query',
    remedy: /an object that holds the text: \{"text": …\}/,
  },
]);

refusals('SKILL_UNKNOWN', { status: 400, in: 'path', pointer: '/skillId' }, [
  {
    name: 'the activity of a skill that there is not',
    send: withToken({ path: `${ACD}/skills/9999/activity` }),
    status: 404,
    remedy: /PATCH \/_emulator\/skills\/9999/,
  },
  {
    name: 'an agent with a skill that there is not',
    send: { method: 'PATCH', path: '/_emulator/agents/7', body: { skills: [4001, 9999] } },
    in: 'body',
    pointer: '/skills/1',
    remedy: /add the skill/,
  },
  {
    name: 'a script for a skill that there is not',
    send: post(`${ACD}/scripts/start?skillId=9999&scriptPath=x`),
    in: 'query',
    remedy: /4001|Send one/,
  },
]);

refusals('HOURS_PROFILE_UNKNOWN', { status: 404, in: 'path', pointer: '/profileId' }, [
  { name: 'hours that there are not', send: withToken({ path: `${ACD}/hours-of-operation/77` }), remedy: /"hours"/ },
  {
    name: 'a skill with hours that there are not',
    send: { method: 'PATCH', path: '/_emulator/skills/4001', body: { hours: 77 } },
    status: 400,
    in: 'body',
    pointer: '/hours',
    remedy: /PUT \/_emulator\/hours\/77/,
  },
]);

refusals('REQUIRED_FIELD_MISSING', { status: 400, in: 'body', pointer: '/selfServiceSessionDetails/transcripts' }, [
  {
    name: 'a lookup whose parameter has another name',
    send: { path: '/api/v2/contacts?attr=externalSessionId&value=abc' },
    in: 'query',
    pointer: '/attribute',
    remedy: /Rename "attr" to "attribute"/,
  },
  {
    name: 'a script that is not named',
    send: post(`${ACD}/scripts/start?skillId=4001`),
    in: 'query',
    pointer: '/scriptPath',
    provenance: 'assumed',
    remedy: /scriptPath/,
  },
  {
    name: 'the start of a script with its parameters in the body',
    send: post(`${ACD}/scripts/start`, { skillId: 4001, scriptPath: 'x' }),
    in: 'query',
    pointer: '/skillId',
    remedy: /It stands in the body, which this operation does not read\. Add skillId to the query/,
  },
  {
    name: 'a transcript without its lines',
    given: opened,
    send: posted({ selfServiceSessionDetails: { ...details, transcripts: undefined } }),
    remedy: /"transcripts"/,
  },
  {
    name: 'the lines of a transcript one level too deep',
    given: opened,
    send: posted({ selfServiceSessionDetails: { ...details, transcripts: undefined, data: { transcripts: [line] } } }),
    remedy:
      /Move it from "\/selfServiceSessionDetails\/data\/transcripts" to the object at "\/selfServiceSessionDetails", as "transcripts"/,
  },
  {
    name: 'the lines of a transcript at the top level',
    given: opened,
    send: posted({ selfServiceSessionDetails: { ...details, transcripts: undefined }, transcripts: [line] }),
    remedy: /Move it from "\/transcripts" to the object at "\/selfServiceSessionDetails"/,
  },
  {
    name: 'the business unit under another name',
    given: opened,
    send: posted({ busId: undefined, busNo: '4597359' }),
    pointer: '/busId',
    remedy: /Send the value of "busNo" under the name "busId"/,
  },
  {
    name: 'no knowledge base',
    options: answers,
    given: opened,
    send: post(KNOWLEDGE, { ...question, config: { awsBedrock: {} } }),
    pointer: '/config/awsBedrock/awsBedrockKbId',
    remedy: /Add "awsBedrockKbId"/,
  },
]);

refusals('KNOWLEDGE_NO_ANSWER', { status: 404, in: 'body', pointer: '/query/text' }, [
  {
    name: 'a question that no pattern fits',
    options: answers,
    given: opened,
    send: post(KNOWLEDGE, { ...question, query: { text: 'Where is my parcel?' } }),
    remedy: /with a pattern that fits this question/,
  },
]);

warnings('SIGNAL_UNHEARD', { level: 'warn', in: 'path', pointer: '/contactId' }, [
  {
    name: 'no script runs on the contact',
    given: opened,
    send: post(`${SIGNAL}?p1=Escalate`),
    remedy: /taken and lost unless the script.*ONSIGNAL/,
    received: /a master contact on which no script runs/,
  },
  {
    name: 'the master instead of the spawned contact',
    given: (url) => open(url, { contactId: '463012345679', masterContactId: CONTACT }),
    send: post(`${SIGNAL}?p1=Escalate`),
    remedy: /send it to 463012345679/,
  },
]);

warnings('SIGNAL_PARAMETER_GAP', { level: 'warn', in: 'query', pointer: '/p1', given: opened }, [
  { name: 'no p1', send: post(SIGNAL, { p2: 'billing' }), remedy: /send p1/, received: /^p2$/ },
  { name: 'a gap, and one that is empty', send: post(`${SIGNAL}?p1=End&p2=&p4=x`), pointer: '/p2', remedy: /SP2 empty/ },
]);

warnings('UNKNOWN_FIELD', { level: 'warn', in: 'query', pointer: '/P1', given: opened }, [
  { name: 'a parameter in capitals', send: post(`${SIGNAL}?P1=Escalate`), remedy: /Rename "P1" to "p1".*not read/ },
  {
    name: 'a parameter by another name',
    send: post(`${SIGNAL}?param1=Escalate`),
    pointer: '/param1',
    remedy: /Rename "param1" to "p1".*not read/,
  },
  {
    name: 'a query as HTML writes it',
    send: post(`${SIGNAL}?p1=Escalate&amp;p2=billing`),
    pointer: '/amp;p2',
    remedy: /Rename "amp;p2" to "p2"\. Between two names stands &, not &amp;/,
  },
]);

warnings('SIGNAL_PARAMETER_OVERRIDDEN', { level: 'info', in: 'query', pointer: '/p1' }, [
  {
    name: 'p1 in the query and in the body',
    given: opened,
    send: post(`${SIGNAL}?p1=Escalate`, { p1: 'End' }),
    remedy: /Send p1 once/,
    received: /"Escalate", and "End" in the body/,
  },
]);

warnings('SCRIPT_NOT_RUN', { level: 'warn', in: 'query', pointer: '/scriptPath' }, [
  {
    name: 'a script is started',
    send: post(`${ACD}/scripts/start?skillId=4001&scriptPath=Handover`),
    remedy: /No scripts are loaded/,
    received: /"Handover"/,
  },
]);

warnings('TRANSCRIPT_REPEATED', { level: 'info', in: 'body', pointer: '/contactId' }, [
  {
    name: 'a second transcript',
    given: async (url) => {
      await opened(url);
      await send(url, await posted({})(url));
    },
    send: posted({}),
    remedy: /All are kept/,
  },
]);

warnings('BUSINESS_UNIT_MISMATCH', { level: 'warn', in: 'body', pointer: '/busId', given: opened }, [
  {
    name: 'a transcript for another business unit',
    send: posted({ busId: '12' }),
    remedy: /executionInfo\.busNo/,
    received: /"12"/,
  },
  {
    name: 'a question for another business unit',
    options: answers,
    send: post(KNOWLEDGE, question),
    pointer: '/meta/busNumber',
    remedy: /another customer’s/,
  },
]);

warnings('SKILL_UNSTAFFED', { level: 'warn', in: 'body', pointer: '/skillId', given: opened }, [
  {
    name: 'a handover out of hours',
    options: {
      skills: [{ skillId: 4001, name: 'Support', agents: 1, hours: 2 }],
      hours: [{ profileId: 2, name: 'Never', timeZone: 'UTC', days: {} }],
    },
    send: handover,
    remedy: /hours-of-operation/,
    received: /outside of its hours/,
  },
  {
    name: 'a handover when the last agent has logged out',
    options: {
      skills: [{ skillId: 4001, name: 'Support', agents: 0 }],
      agents: [{ agentId: 7, name: 'Ada', state: 'LoggedOut', skills: [4001] }],
    },
    send: handover,
    remedy: /PATCH \/_emulator\/skills\/4001/,
  },
]);
