/** What arrives becomes a scenario that replays green against a fresh emulator. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CONVERSATION, HANDOVER, open, send, tokens } from '../support/client.js';
import { outcomeOf, recording } from '../support/recording.js';
import { scriptsFolder, webhook } from '../support/scripts.js';

const SCRIPTS = fileURLToPath(new URL('../../scenarios/scripts', import.meta.url));
const FORM = 'application/x-www-form-urlencoded';

test('a whole session: discovery, a token, handovers refused and accepted, attributes, a webhook, a signal, form data', async () => {
  const { url, finish } = await recording({ scripts: SCRIPTS });
  await open(url, { conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-777' } });
  const voice = await open(url, { channel: 'voice' });

  const discovery = await send(url, { path: '/.well-known/openid-configuration' });
  const token = await send(url, {
    path: new URL(discovery.body.token_endpoint as string).pathname,
    headers: { 'content-type': FORM, authorization: `Basic ${Buffer.from('my-bot:its-client-secret').toString('base64')}` },
    body: 'grant_type=password&username=AKIA0123456789&password=s3cr3t%2Fof%20the+key',
  });
  const headers = { authorization: `Bearer ${token.body.access_token as string}` };
  expect(token.status).toBe(200);

  const answers = [
    await send(url, { body: { sessionId: 'abc-777', metadata: { intent: 'billing' } }, headers }),
    await send(url, { path: `/api/v2/conversations?attribute=externalSessionId&value=abc-777`, headers }),
    await send(url, {
      path: '/webhooks/handover-mapped-variable',
      body: { sessionId: 'abc-777', metadata: { intent: 'x' } },
      headers,
    }),
    await send(url, { path: '/webhooks/wrong-raw-body', body: { sessionId: 'abc-777', metadata: { intent: 'x' } }, headers }),
    await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 }, headers }),
    await send(url, { body: `sessionId=${CONVERSATION}`, headers: { ...headers, 'content-type': FORM } }),
    await send(url, { body: `{"sessionId": "${CONVERSATION}",`, headers }),
    await send(url, {
      method: 'PATCH',
      path: `/api/v2/contacts/${voice.contactId as string}/attributes`,
      body: { note: 'late' },
      headers,
    }),
  ];
  const attributes = await send(url, { path: `/api/v2/contacts/${voice.contactId as string}/attributes`, headers });
  const spawned = attributes.body.spawnedContactId as string;
  answers.push(
    await send(url, {
      method: 'POST',
      path: `/inContactAPI/services/v30.0/interactions/${spawned}/signal?p1=Escalate&p2=billing`,
      headers,
    }),
    await send(url, { path: `${HANDOVER}/${voice.conversationId as string}`, headers }),
    await send(url, { path: `/_emulator/conversations/${CONVERSATION}/end`, method: 'POST' }),
    await send(url, { body: { sessionId: CONVERSATION } }),
  );
  await send(url, { path: '/_emulator/traces' });
  expect(answers.map(({ status }) => status)).toEqual([400, 200, 200, 400, 200, 400, 400, 200, 202, 200, 200, 409]);

  const { summary, text, file } = await finish();
  expect(await outcomeOf(file)).toBe('passed');
  expect(text).not.toContain('/_emulator/traces');
  expect(text).toContain('authorization: Bearer {{ captured.access_token }}');
  expect(text).toContain('interactions/{{ captured.spawnedContactId | url_encode }}/signal?p1=Escalate&p2=billing');
  expect(text).toContain('code: CONVERSATION_ID_FORMAT');
  expect(text).not.toMatch(/AKIA|s3cr3t|its-client-secret|eyJ/);
  expect(summary).toMatch(/^Recorded 15 steps of the tenant default into /);
  expect(summary).toMatch(/given {6}2 conversations/);
  expect(summary).toMatch(/captured {3}access_token and spawnedContactId/);
  expect(summary).toMatch(/RECORDED_CLIENT_ID, RECORDED_CLIENT_SECRET/);
});

test('ids, times and traces in the midst of a text that a script says are other ones next time', async () => {
  const { url, finish } = await recording({
    scripts: await scriptsFolder(
      webhook('opens', {
        Open: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/_emulator/conversations',
          method: 'POST',
          body: { channel: 'chat' },
          next: 'Say',
        },
        Say: {
          type: 'RESPOND',
          body: {
            text: 'Opened {{ vars.response.conversationId }} with {{ vars.response.contactId }} at {{ vars.response.createdAt }}',
            traceId: '{{ vars.__traceid }}',
            told: 'Heard {{ context.sessionId }} in 2 seconds',
          },
        },
      }),
    ),
  });
  const { conversationId } = await open(url, {});
  const answer = await send(url, { path: '/webhooks/opens', body: { sessionId: conversationId } });
  expect(answer.status).toBe(200);
  await send(url, { path: '/webhooks/handover-nowhere', body: {} });

  const { text, file } = await finish();
  expect(await outcomeOf(file)).toBe('passed');
  expect(text).toContain(`told: Heard ${conversationId as string} in 2 seconds`);
});

test('a business unit, whose name is that of the tenant', async () => {
  const { url, emulator, finish } = await recording();
  const answer = await send(url, {
    path: '/inContactAPI/services/v30.0/business-unit',
    headers: { authorization: `Bearer ${await emulator.token()}` },
  });
  expect(answer.body.businessUnits).toEqual([expect.objectContaining({ businessUnitName: 'cxone-emulator default' })]);
  expect(await outcomeOf((await finish()).file)).toBe('passed');
});

test.each([
  ['revoked', [], { path: '/_emulator/tokens', method: 'DELETE' }, true],
  ['expired by the clock', [], { advance: '2h' }, true],
  ['expired on a day of its own', [{ now: '2026-03-01T09:00:00Z', frozen: true }], { now: '2026-03-01T11:00:00Z' }, true],
  ['expired on a day that its replay will have behind it', [], { now: '2099-03-01T11:00:00Z' }, false],
] as const)('a token that is %s is refused again, and the next one is taken', async (_, moves, over, kept) => {
  const { url, finish } = await recording();
  const setClock = (body: object): Promise<unknown> => send(url, { path: '/_emulator/clock', method: 'PUT', body });
  const skills = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await send(url, { path: '/inContactAPI/services/v30.0/skills', headers })).status;
  };
  for (const move of moves) await setClock(move);
  let token = ((await tokens(url)) as { access_token: string }).access_token;
  expect(await skills()).toBe(200);
  await ('path' in over ? send(url, over) : setClock(over));
  expect(await skills()).toBe(401);
  token = ((await tokens(url)) as { access_token: string }).access_token;
  expect(await skills()).toBe(200);
  const { text, summary, file } = await finish();
  expect(await outcomeOf(file)).toBe('passed');
  expect(text.includes('cause: TOKEN_EXPIRED') || text.includes('code: TOKEN_EXPIRED')).toBe(kept);
  expect(summary.includes('left out')).toBe(!kept);
});

test('ids of a form of one’s own differ from run to run, too; the family of error bodies is no secret', async () => {
  const { url, finish } = await recording({
    conversationId: { pattern: 'CONV-[0-9]{8}', example: 'CONV-00000001' },
    errors: { auth: { 400: { error: 'nope' } } },
  });
  await send(url, { path: '/auth/token', method: 'POST' });
  await send(url, { path: '/_emulator/conversations', body: {} });
  const { file, text } = await finish();
  expect(text).toMatch(/error: nope/);
  expect(text).not.toContain('RECORDED');
  expect(await outcomeOf(file)).toBe('passed');
});
