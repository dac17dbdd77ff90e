/** The ACD families: how they are reached, ids that stay exact, contacts, skills and their agents, hours, the start of a script. */
import { describe, expect, test } from 'vitest';
import { ALWAYS_OPEN, DAYS, type HoursProfile, isOpen } from '../../src/cxone/model/hours.js';
import type { EmulatorOptions } from '../../src/index.js';
import { CONTACT, CONVERSATION, emulator, HANDOVER, type Message, open, send, traceOf, withToken } from '../support/client.js';

const ACD = '/inContactAPI/services/v30.0';
const INT64 = '9223372036854775807';

async function ask(url: string, path: string, message: Message = {}): Promise<any> {
  return (await send(url, await withToken({ path: ACD + path, ...message })(url))).body;
}

async function queue(url: string, skillId = 4001, state: 'queued' | 'agent' = 'queued'): Promise<void> {
  const opened = await open(url, { skillId, ...(state === 'agent' ? { state } : {}) });
  if (state === 'queued') await send(url, { path: HANDOVER, body: { sessionId: opened.conversationId, skillId } });
}

describe('the way there', () => {
  test.each(['inContactAPI', 'incontactapi', 'InContactAPI', 'INCONTACTAPI'])('the prefix as %s', async (prefix) => {
    const { url } = await emulator();
    for (const version of ['v1', 'v16.0', 'v30.0', 'v34.0', 'v99.9']) {
      const message = await withToken({ path: `/${prefix}/services/${version}/skills` })(url);
      expect((await send(url, message)).status).toBe(200);
    }
  });

  test.each(['v0', 'v100', 'v30.10', '30.0', 'v', 'V30.0', 'v30.', 'latest'])('and no version %s', async (version) => {
    const { url } = await emulator();
    const answer = await send(url, { path: `/incontactapi/services/${version}/skills` });
    expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' }, headers: { 'x-emulator-cause': 'ROUTE_UNKNOWN' } });
  });

  test('what is refused says so in the header that older clients read, too', async () => {
    const { url } = await emulator();
    const answer = await send(url, { path: `${ACD}/skills` });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(answer.headers.icstatusdescription).toBe(answer.body.error_description);
  });

  test('a description of one’s own goes into it as far as a header can hold it', async () => {
    const { url } = await emulator({
      errors: { acd: { 401: { error: 'x', error_description: 'Nö:\r\nX-Injected: 1 \u{1f600}' } } },
    });
    const answer = await send(url, { path: `${ACD}/skills` });
    expect(answer).toMatchObject({ status: 401, headers: { icstatusdescription: 'N?:??X-Injected: 1 ??' } });
    expect(answer.headers).not.toHaveProperty('x-injected');
  });

  test('HEAD is GET without a body, OPTIONS lists what there is', async () => {
    const { url } = await emulator();
    const options = await send(url, { method: 'OPTIONS', path: `/incontactapi/services/v30.0/interactions/${CONTACT}/signal` });
    expect(options).toMatchObject({ status: 204, headers: { allow: 'OPTIONS, POST' } });
    expect(await send(url, await withToken({ method: 'HEAD', path: `${ACD}/skills` })(url))).toMatchObject({
      status: 200,
      text: '',
    });
  });
});

describe('ids are exact up to int64', () => {
  test.each([INT64, '9007199254740993', CONTACT])('%s', async (contactId) => {
    const { url } = await emulator();
    await open(url, { contactId });
    const number = Number.isSafeInteger(Number(contactId));
    const contact = await ask(url, `/contacts/${contactId}`);
    expect(contact.contactId).toBe(number ? Number(contactId) : contactId);
    await ask(url, `/interactions/${contactId}/signal?p1=End`, { method: 'POST' });
    expect((await send(url, { path: `/_emulator/signals?contactId=${contactId}` })).body.items).toMatchObject([{ contactId }]);
  });
});

test.each([200, 202, 204])('a signal is answered %i where the setting says so', async (signalStatus) => {
  const { url } = await emulator({ signalStatus });
  await open(url, { contactId: CONTACT });
  const answer = await send(url, await withToken({ method: 'POST', path: `${ACD}/interactions/${CONTACT}/signal?p1=End` })(url));
  expect(answer).toMatchObject({ status: signalStatus, text: '' });
});

test('signals are kept by contact, a thousand of them', async () => {
  const { url } = await emulator();
  await open(url, { contactId: CONTACT });
  await open(url, { contactId: '463012345679' });
  const signal = async (contactId: string, p1: string): Promise<Message> =>
    withToken({ method: 'POST', path: `${ACD}/interactions/${contactId}/signal?p1=${p1}` })(url);
  const many = await signal(CONTACT, 'x');
  for (let number = 0; number < 1003; number += 1) await send(url, many);
  await send(url, await signal('463012345679', 'y'));
  const { items, total, dropped } = (await send(url, { path: '/_emulator/signals?limit=2' })).body;
  expect(items.map((one: any) => one.parameters.p1)).toEqual(['y', 'x']);
  expect([total, dropped]).toEqual([1000, 4]);
  expect((await send(url, { path: '/_emulator/signals?contactId=463012345679' })).body.total).toBe(1);
});

test('contacts: one, and those whose conversation is not over', async () => {
  const { url } = await emulator();
  await open(url, { conversationId: CONVERSATION, contactId: CONTACT, skillId: 4001 });
  await open(url, { contactId: '463012345679', channel: 'voice', state: 'ended' });
  await send(url, { path: HANDOVER, body: { sessionId: CONVERSATION } });
  expect(await ask(url, `/contacts/${CONTACT}`)).toMatchObject({
    contactId: 463012345678,
    masterContactId: 463012345678,
    mediaTypeName: 'Chat',
    skillName: 'Support',
    stateName: 'InQueue',
    contactEndDate: null,
  });
  expect(await ask(url, '/contacts/463012345679')).toMatchObject({
    mediaTypeName: 'Call',
    stateName: 'EndContact',
    skillId: null,
  });
  const { totalRecords, activeContacts } = await ask(url, '/contacts/active?fields=contactId,stateName');
  expect([totalRecords, activeContacts]).toEqual([1, [{ contactId: 463012345678, stateName: 'InQueue' }]]);
});

describe('skills', () => {
  const options: EmulatorOptions = {
    skills: [
      { skillId: 7, name: 'Sales', agents: 2 },
      { skillId: 8, name: 'Nobody', agents: 0 },
    ],
    agents: [
      { agentId: 1, name: 'Ada', state: 'Available', skills: [7, 8] },
      { agentId: 2, name: 'Bo', state: 'Working', skills: [7] },
      { agentId: 3, name: 'Cy', state: 'Unavailable', skills: [7] },
      { agentId: 4, name: 'Di', state: 'LoggedOut', skills: [7] },
    ],
  };

  test('how busy they are: agents by state, those with a customer, those who wait', async () => {
    const { url } = await emulator(options);
    const counts = async (): Promise<number[]> => {
      const [activity] = (await ask(url, '/skills/7/activity')).skillActivity;
      return ['agentsAvailable', 'agentsWorking', 'agentsUnavailable', 'agentsLoggedIn', 'contactsActive', 'queueCount'].map(
        (name) => activity[name] as number,
      );
    };
    expect(await counts()).toEqual([3, 1, 1, 5, 0, 0]);
    await queue(url, 7);
    await queue(url, 7);
    await queue(url, 8);
    expect(await counts()).toEqual([3, 1, 1, 5, 0, 2]);
    for (let number = 0; number < 4; number += 1) await queue(url, 7, 'agent');
    expect(await counts()).toEqual([0, 4, 1, 5, 4, 2]);
    await send(url, { method: 'PATCH', path: '/_emulator/agents/4', body: { state: 'Available' } });
    expect(await counts()).toEqual([0, 5, 1, 6, 4, 2]);
    const { items } = (await send(url, { path: '/_emulator/conversations?state=queued' })).body;
    for (const { conversationId } of items)
      await send(url, { method: 'POST', path: `/_emulator/conversations/${conversationId as string}/end` });
    expect(await counts()).toEqual([0, 5, 1, 6, 4, 0]);
  });

  test('since when somebody waits, and the service level', async () => {
    let now = Date.parse('2026-03-01T09:30:00.000Z');
    const { url } = await emulator({ ...options, clock: { now: () => now, monotonic: () => 0 } });
    const activity = async (): Promise<any> => (await ask(url, '/skills/7/activity')).skillActivity[0];
    expect(await activity()).toMatchObject({ earliestQueueTime: null, serviceLevel: 100 });
    await queue(url, 7);
    now += 60_000;
    await queue(url, 7);
    expect(await activity()).toMatchObject({ earliestQueueTime: '2026-03-01T09:30:00.000Z', serviceLevel: 50 });
  });

  test('lists with fields, skip and top', async () => {
    const { url } = await emulator(options);
    const { totalRecords, skills } = await ask(url, '/skills?skip=1&top=1');
    expect([totalRecords, skills]).toMatchObject([2, [{ skillId: 8, skillName: 'Nobody', isActive: true }]]);
    const { skillActivity } = await ask(url, '/skills/activity?fields=skillId,%20QueueCount');
    expect(skillActivity).toEqual([
      { skillId: 7, queueCount: 0 },
      { skillId: 8, queueCount: 0 },
    ]);
    expect(await ask(url, '/skills/8')).toMatchObject({ skillId: 8, skillName: 'Nobody' });
  });

  test('are changed and added while it runs, in one tenant, until its reset', async () => {
    const { url } = await emulator(options);
    const patch = (path: string, body: unknown): Promise<any> => send(url, { method: 'PATCH', path, body });
    expect((await patch('/_emulator/skills/8', { agents: 3 })).body).toEqual({ skillId: 8, name: 'Nobody', agents: 3 });
    expect((await patch('/_emulator/skills/9', {})).body).toEqual({ skillId: 9, name: 'Skill 9', agents: 1 });
    await send(url, { method: 'PUT', path: '/_emulator/hours/2', body: { name: 'Office', days: { Monday: '09:00-17:00' } } });
    expect((await patch('/_emulator/skills/9', { hours: 2 })).body).toEqual({ skillId: 9, name: 'Skill 9', agents: 1, hours: 2 });
    expect((await patch('/_emulator/skills/9', { hours: null })).body).toEqual({ skillId: 9, name: 'Skill 9', agents: 1 });
    expect((await patch('/_emulator/agents/5', { skills: [9] })).body).toEqual({
      agentId: 5,
      name: 'Agent 5',
      state: 'Available',
      skills: [9],
    });
    expect((await send(url, { path: '/_emulator/skills' })).body.total).toBe(3);
    expect((await send(url, { path: '/_emulator/agents' })).body.total).toBe(5);
    expect((await send(url, { path: '/t/alpha/_emulator/skills' })).body.total).toBe(2);
    const exported = (await send(url, { path: '/_emulator/state' })).text;
    await send(url, { method: 'POST', path: '/_emulator/reset' });
    expect((await send(url, { path: '/_emulator/skills' })).body.total).toBe(2);
    expect((await send(url, { method: 'PUT', path: '/_emulator/state', body: exported })).status).toBe(204);
    expect((await send(url, { path: '/_emulator/state' })).text).toBe(exported);
  });
});

describe('hours of operation', () => {
  const office: HoursProfile = {
    profileId: 2,
    name: 'Office',
    timeZone: 'Europe/Berlin',
    days: { Monday: '09:00-12:00, 13:00-17:00', Tuesday: '00:00-24:00', Wednesday: 'closed' },
  };

  test.each([
    ['2026-03-02T07:59:59.999Z', false, 'before it opens, an hour behind Berlin'],
    ['2026-03-02T08:00:00.000Z', true, 'from the first moment'],
    ['2026-03-02T11:00:00.000Z', false, 'at noon'],
    ['2026-03-02T12:00:00.000Z', true, 'after noon'],
    ['2026-03-02T16:00:00.000Z', false, 'at the end'],
    ['2026-03-02T22:59:00.000Z', false, 'at night'],
    ['2026-03-02T23:00:00.000Z', true, 'in Berlin it is Tuesday'],
    ['2026-03-03T22:59:59.999Z', true, 'to the last moment'],
    ['2026-03-03T23:00:00.000Z', false, 'and no longer'],
    ['2026-03-05T10:00:00.000Z', false, 'a day that is left out'],
    ['2026-07-06T07:00:00.000Z', true, 'in summer two hours behind'],
  ])('at %s: %s (%s)', (time, open) => {
    expect(isOpen(office, Date.parse(time))).toBe(open);
    expect(isOpen(ALWAYS_OPEN, Date.parse(time))).toBe(true);
  });

  test('are shown as the platform writes them', async () => {
    const { url } = await emulator({ hours: [ALWAYS_OPEN, office] });
    const { hoursOfOperationProfiles: all } = (await ask(url, '/hours-of-operation')).resultSet;
    expect(all.map((profile: any) => profile.profileId)).toEqual([1, 2]);
    const { days } = (await ask(url, '/hours-of-operation/2')).resultSet.hoursOfOperationProfiles[0];
    expect(days.map(({ day }: any) => day as string)).toEqual(DAYS);
    expect(days.slice(0, 3)).toEqual([
      {
        day: 'Monday',
        openTime: '09:00:00',
        closeTime: '12:00:00',
        hasAdditionalHours: 'True',
        additionalOpenTime: '13:00:00',
        additionalCloseTime: '17:00:00',
        isClosedAllDay: 'False',
      },
      expect.objectContaining({ openTime: '00:00:00', closeTime: '23:59:59', isClosedAllDay: 'False' }),
      expect.objectContaining({ openTime: '', closeTime: '', hasAdditionalHours: 'False', isClosedAllDay: 'True' }),
    ]);
  });
});

test('the start of a script opens a contact, and says that nothing runs', async () => {
  const { url } = await emulator();
  const { contactId } = await ask(url, '/scripts/start?skillId=4001&scriptPath=Handover&parameters=a%7Cb', { method: 'POST' });
  expect(await ask(url, `/contacts/${String(contactId)}`)).toMatchObject({ contactId, mediaTypeName: 'WorkItem', skillId: 4001 });
});

test('neither transcripts nor signals of a contact outlive it', async () => {
  const { url } = await emulator({ maxConversations: 2 });
  await open(url, { contactId: CONTACT });
  await ask(url, `/interactions/${CONTACT}/signal?p1=End`, { method: 'POST' });
  await open(url, {});
  await open(url, {});
  expect((await send(url, { path: '/_emulator/signals' })).body).toEqual({ items: [], total: 0, dropped: 1 });
  expect((await send(url, { path: '/_emulator/state' })).status).toBe(200);
});

test('what arrived goes before the contact that it arrived for, where memory is short', async () => {
  const { url } = await emulator({ maxStateBytes: '100kb' });
  await open(url, { contactId: CONTACT });
  const signal = await withToken({
    method: 'POST',
    path: `${ACD}/interactions/${CONTACT}/signal`,
    body: { p1: 'x'.repeat(30_000) },
  })(url);
  for (let number = 0; number < 20; number += 1) expect((await send(url, signal)).status).toBe(202);
  const { total, dropped } = (await send(url, { path: '/_emulator/signals' })).body as { total: number; dropped: number };
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(4);
  expect(total + dropped).toBe(20);
  expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(1);
});

test('a pattern that takes for ever is passed over, and holds up nobody', async () => {
  const { url } = await emulator({
    knowledge: [
      { pattern: '^(a+)+$', completion: 'never' },
      { pattern: '!', completion: 'found' },
    ],
  });
  await open(url, { contactId: CONTACT });
  const body = {
    meta: { busNumber: '1', contactNumber: CONTACT },
    query: { text: `${'a'.repeat(60)}!` },
    config: { awsBedrock: { awsBedrockKbId: 'x' } },
  };
  const answer = await send(url, await withToken({ path: '/eai-real-time-insight/v4/direct-query', body })(url));
  expect(answer.body.kbAnswers.kbCompletions).toMatchObject([{ kbCompletion: 'found' }]);
  expect((await traceOf(url, answer)).entries.map(({ message }) => message).join()).toMatch(/takes too long on this question/);
});

test('a question that --redact names shows nowhere in the trace, not even in the remedy', async () => {
  const started = await emulator({ redact: ['/query/text'], knowledge: [{ pattern: 'password', completion: 'x' }] });
  await open(started.url, { contactId: CONTACT });
  const body = {
    meta: { busNumber: '1', contactNumber: CONTACT },
    query: { text: 'My card number is 4111111111111111' },
    config: { awsBedrock: { awsBedrockKbId: 'x' } },
  };
  const answer = await send(started.url, await withToken({ path: '/eai-real-time-insight/v4/direct-query', body })(started.url));
  expect(answer.headers['x-emulator-cause']).toBe('KNOWLEDGE_NO_ANSWER');
  expect(JSON.stringify(started.traces())).not.toContain('4111');
});

describe('settings that do not hold together are refused, all at once', () => {
  test.each<[string, EmulatorOptions, RegExp]>([
    [
      'a skill twice',
      {
        skills: [
          { skillId: 1, name: 'a', agents: 1 },
          { skillId: 1, name: 'b', agents: 1 },
        ],
      },
      /skills\.1\.skillId: skillId 1 stands twice/,
    ],
    [
      'hours that there are not',
      { skills: [{ skillId: 1, name: 'a', agents: 1, hours: 9 }] },
      /skills\.0\.hours: hours has no profile 9/,
    ],
    [
      'an agent’s skill that there is not',
      { agents: [{ agentId: 1, name: 'a', state: 'Available', skills: [4001, 5] }] },
      /agents\.0\.skills\.1: skills has no skill 5/,
    ],
    [
      'hours that do not rise',
      { hours: [{ ...ALWAYS_OPEN, days: { Monday: '17:00-09:00' } }] },
      /hours\.0\.days\.Monday must rise/,
    ],
    [
      'hours in another form',
      { hours: [{ ...ALWAYS_OPEN, days: { Monday: '9 to 5' } }] },
      /hours\.0\.days\.Monday must be one of hours of a day such as/,
    ],
    ['no time zone', { hours: [{ ...ALWAYS_OPEN, timeZone: 'Mars' }] }, /hours\.0\.timeZone is no time zone/],
    ['a pattern that is none', { knowledge: [{ pattern: '(' }] }, /knowledge\.0\.pattern "\(" is no regular expression/],
    ['half a credential', { credentials: [{ accessKeyId: 'k', clientId: 'c' }] }, /credentials\.0 must have property/],
  ])('%s', async (_, options, fault) => {
    await expect(emulator(options)).rejects.toThrow(fault);
  });
});
