/** `cxone-emulator trace`: the ladder of a trace of a running emulator, of those of a conversation, or of each as it comes. */
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../support/client.js';
import { run, startProcess } from '../support/cli.js';
import { outside, signalTo } from '../support/scripts.js';

function refuse(url: string, sessionId: string, tenant = ''): Promise<string> {
  return send(url, { path: tenant + HANDOVER, body: { sessionId } }).then(({ headers }) => headers['x-emulator-trace-id'] ?? '');
}

test('the newest, one by its id, those of a conversation in their order, those of a tenant', async () => {
  const { url } = await emulator();
  await open(url);
  const first = await refuse(url, 'abc-123');
  await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
  await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
  const elsewhere = await refuse(url, 'xyz', '/t/alpha');

  const newest = await run(['trace', '--url', url]);
  expect(newest).toEqual({ code: 0, err: '', out: expect.stringMatching(/^POST \S+ {2}200 accepted/) });
  expect(newest.out).toMatch(/note +HANDOVER_REPEATED/);

  const one = await run(['trace', first, '--url', `${url}/`]);
  expect(one.out).toMatch(new RegExp(`^POST ${HANDOVER} {2}400 rejected CONVERSATION_ID_FORMAT[^]*trace +${first}\n`));

  const all = await run(['trace', '--conversation', CONVERSATION], '', { CXONE_EMULATOR_URL: url });
  expect(all.out.match(/^POST .*$/gm)).toHaveLength(2);
  expect(all.out).toMatch(/goes from bot to queued[^]*HANDOVER_REPEATED/);

  const rejected = await run(['trace', '--outcome', 'rejected', '--last', '5', '--url', url]);
  expect(rejected.out.match(/^POST .*$/gm)).toHaveLength(1);

  const alpha = await run(['trace', '--tenant', 'alpha', '--url', url]);
  expect(alpha.out).toContain(elsewhere);
  expect(alpha.out).toMatch(/tenant +alpha/);
});

test('of a conversation with more traces than are printed, that these are the newest', async () => {
  const { url } = await emulator();
  await open(url);
  for (let times = 1; times <= 21; times += 1)
    await Promise.all(Array.from({ length: 50 }, () => send(url, { body: { sessionId: CONVERSATION } })));
  const { code, out, err } = await run(['trace', '--conversation', CONVERSATION, '--url', url]);
  expect(code).toBe(0);
  expect(out.match(/^POST .*$/gm)).toHaveLength(1000);
  expect(err).toMatch(/these are the newest 1000 of 105\d traces; --code, --outcome and --script narrow them down/);
});

test('of a script, the actions with their branches, variables and calls', async () => {
  const { url } = await emulator({ scripts: 'scenarios/scripts', onNote: () => undefined });
  await open(url, { conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-777' } });
  await send(url, { path: '/webhooks/handover-mapped-variable', body: { sessionId: 'abc-777', metadata: { intent: 'x' } } });
  const { out } = await run(['trace', '--script', 'handover-mapped-variable', '--url', url]);
  expect(out).toMatch(/ms {2}MapId \(ASSIGN\) +Sets externalSessionId. → Default\n +variable +externalSessionId = "abc-777"\n/);
  expect(out).toMatch(/ms {2}IsOne \(IF\) +vars.found.total == 1 is true. → OnTrue\n/);
  const [, id = ''] = /call +POST http:\S+ → 200 in [\d.]+ ms, trace (\S+)\n/.exec(out) ?? [];
  expect((await run(['trace', id, '--url', url])).out).toMatch(/set going by +\S+\n/);
});

test('what steers a terminal is shown as an escape', async () => {
  const { url } = await emulator();
  await send(url, { body: `{"sessionId": "\u001b[31m\u202eabc", "metadata": {}}` });
  const { out } = await run(['trace', '--url', url]);
  expect(out).toContain('\\u001b[31m\\u202eabc');
  // eslint-disable-next-line no-control-regex -- what must not be printed
  expect(out).not.toMatch(/[\u001b\u202e]/);
});

test('--follow prints each as it comes, and goes on once the emulator is there again', async () => {
  const first = await emulator();
  await refuse(first.url, 'before');
  const child = startProcess(['trace', '--follow', '--last', '1', '--code', 'CONVERSATION_ID_FORMAT', '--url', first.url]);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect.poll(() => printed).toMatch(/received +"before"/);
  await refuse(first.url, 'after');
  await expect.poll(() => printed).toMatch(/received +"after"/);
  const { port } = new URL(first.url);
  await first.close();
  await expect.poll(() => printed).toContain('waiting for it');
  const second = await emulator({ port: Number(port) });
  await refuse(second.url, 'again');
  await expect.poll(() => printed).toMatch(/received +"again"/);
  expect(printed.match(/^POST /gm)).toHaveLength(3);
});

test('--follow prints what an emulator of the same seed has after its start, whose ids are those of before', async () => {
  const first = await emulator({ seed: 'same' });
  const child = startProcess(['trace', '--follow', '--outcome', 'rejected', '--url', first.url]);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect
    .poll(async () => {
      await refuse(first.url, 'before');
      return printed;
    })
    .toMatch(/received +"before"/);
  const { port } = new URL(first.url);
  await first.close();
  await expect.poll(() => printed).toContain('waiting for it');
  const second = await emulator({ port: Number(port), seed: 'same' });
  for (let number = 0; number < 40; number += 1) await refuse(second.url, `again-${String(number)}`);
  await expect.poll(() => printed).toMatch(/received +"again-39"/);
  expect(printed.match(/received +"again-/g)).toHaveLength(40);
  expect(printed).toContain('The emulator restarted');
  expect(printed).not.toContain('may be missing');
});

test('1 where there is nothing to print, with the reason', async () => {
  const { url } = await emulator();
  expect(await run(['trace', '--url', url])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('no such trace yet'),
  });
  expect(await run(['trace', 'nope', '--url', url])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('TRACE_UNKNOWN'),
  });
  const gone = await emulator();
  await gone.close();
  expect(await run(['trace', '--url', gone.url])).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing listens at'),
  });
});

const STEERING = '\u001b]0;x\u0007\u202e';

test.each<readonly [string, string, string]>([
  ['a page', 'text/html', '<html>'],
  ['nothing', 'application/json', ''],
  ['null', 'application/json', 'null'],
  ['JSON of another kind', 'application/json', '{"items": [{}]}'],
  ['a stream of something else', 'text/event-stream', 'event: trace\nid: 1\ndata: {x\n\n'],
])('1 where what listens there is no emulator, and answers with %s', async (_, type, text) => {
  const url = await outside((__, response) => {
    response.writeHead(200, { 'content-type': type }).end(text);
  });
  for (const args of [[], ['abc'], ['--follow']])
    expect(await run(['trace', ...args, '--url', url]), args.join()).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^cxone-emulator trace: what listens at \S+ is no emulator: it answered with .*\n$/),
    });
});

test('what listens there steers no terminal', async () => {
  const cause = { code: STEERING, expected: STEERING, received: STEERING, remedy: STEERING };
  const url = await outside((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ cause }));
  });
  const { code, err } = await run(['trace', '--url', url]);
  expect(code).toBe(1);
  expect(err).toContain('\\u001b]0;x\\u0007\\u202e');
  expect(err.trimEnd()).not.toMatch(/\p{Cc}|\p{Cf}/u);
});

test.each<readonly [string, readonly string[], string]>([
  ['a password, which is not printed', ['--url', 'http://me:secret@localhost:8400'], 'no name and no password in it'],
  ['an id beside --follow', ['x', '--follow'], 'not both'],
  ['no address', ['--url', 'localhost:8400'], '--url must be an address such as'],
  ['no tenant', ['--tenant', 'Alpha'], '--tenant: a tenant’s name has'],
  ['no number', ['--last', '0'], 'from 1 to 1000'],
  ['no outcome', ['--outcome', 'refused'], 'Allowed choices are'],
])('2 for %s', async (_, args, told) => {
  expect(await run(['trace', ...args])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(new RegExp(`^(?!.*secret).*${told}`)),
  });
});

test('a script that waits is printed again when it has gone on', async () => {
  const { url } = await emulator({ scripts: 'scenarios/scripts', onNote: () => undefined });
  const { contactId } = (await open(url, { channel: 'voice' })) as { contactId: string };
  const child = startProcess(['trace', '--follow', '--last', '1', '--script', 'voice-backchannel', '--url', url]);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect.poll(() => printed).toMatch(/^SCRIPT \/voice-backchannel {2}waits/m);
  const { body } = await send(url, { path: `/api/v2/contacts/${contactId}/attributes` });
  await send(url, await signalTo(url, String(body.spawnedContactId ?? body.attributes.spawnedContactId), 'Escalate'));
  await expect.poll(() => printed).toMatch(/^SCRIPT \/voice-backchannel {2}ended/m);
});

test.each([
  [['one', 'two'], 'too many arguments'],
  [[''], 'the id is empty'],
])('what is no id is bad input: %j', async (args, told) => {
  const { code, out, err } = await run(['trace', ...args]);
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(told) });
});
