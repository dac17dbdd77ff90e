/** A bot that fails, in both protocols: the script takes OnError with _ERR set, and the trace names the cause. */
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../../src/index.js';
import type { ServerResponse } from 'node:http';
import { send } from '../../support/client.js';
import { arrive, type Asked, bot, says, story, type Talk, talkScript, talkWith } from '../../support/bots.js';
import { outside, scriptsFolder, withScripts } from '../../support/scripts.js';

const PROTOCOLS = ['exchange', 'cognigy-rest'] as const;

const plain = (status: number, type: string, body: string) => (_: Asked, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': type }).end(body);

interface Fault {
  readonly name: string;
  readonly answer: (asked: Asked, response: ServerResponse) => unknown;
  readonly code: string;
  readonly received: RegExp;
  readonly remedy: RegExp;
  readonly pointer?: string;
  readonly only?: (typeof PROTOCOLS)[number];
  readonly agent?: object;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'breaks',
    answer: plain(500, 'application/json', '{"error": "no database"}'),
    code: 'BOT_UNREACHABLE',
    received: /^500 Internal Server Error: .*no database/,
    remedy: /The bot itself broke: look at its log/,
  },
  {
    name: 'wants other credentials',
    answer: plain(401, 'text/plain', 'who are you?'),
    code: 'BOT_UNREACHABLE',
    received: /^401 Unauthorized/,
    remedy: /Look at headers of the virtual agent Bella in the config file/,
  },
  {
    name: 'is elsewhere',
    answer: plain(404, 'text/html', 'Cannot POST /bot'),
    code: 'BOT_UNREACHABLE',
    received: /^404 Not Found/,
    remedy: /Look at url of the virtual agent Bella/,
  },
  {
    name: 'does not take what Studio sends',
    answer: plain(415, 'text/plain', ''),
    code: 'BOT_UNREACHABLE',
    received: /^415 /,
    remedy: /NiCE’s published request\. .*contract: observed .*protocol: cognigy-rest\.$/,
    only: 'exchange',
  },
  {
    name: 'does not take numbers',
    answer: plain(400, 'text/plain', 'userInputType must be a text'),
    code: 'BOT_UNREACHABLE',
    received: /^400 /,
    remedy: /contract: published of the virtual agent/,
    only: 'exchange',
    agent: { contract: 'observed' },
  },
  {
    name: 'does not take what a flow is sent',
    answer: plain(400, 'application/json', '{"error": "executionInfo is missing"}'),
    code: 'BOT_UNREACHABLE',
    received: /^400 /,
    remedy: /^(?!.*NiCE).*Endpoint URL .*protocol: exchange\.$/,
    only: 'cognigy-rest',
  },
  {
    name: 'is a flow at Cognigy’s REST endpoint',
    answer: () => ({ text: 'Hello', data: {}, outputStack: [{ text: 'Hello', data: {} }], userId: '1', sessionId: '2' }),
    code: 'BOT_RESPONSE_INVALID',
    received: /outputStack/,
    remedy: /^So answers Cognigy’s REST endpoint: set protocol: cognigy-rest of the virtual agent Bella in the config file\.$/,
    pointer: '/branchName',
    only: 'exchange',
  },
  {
    name: 'is a custom exchange endpoint',
    answer: () => ({ ...says('Hello'), branchName: 1 }),
    code: 'BOT_RESPONSE_INVALID',
    received: /branchName/,
    remedy: /^So answers a custom exchange endpoint: set protocol: exchange of the virtual agent Bella /,
    pointer: '/outputStack',
    only: 'cognigy-rest',
  },
  {
    name: 'passes on what a flow put out, beside a branch that is none',
    answer: () => ({ branchName: 'Prompt', outputStack: [] }),
    code: 'BOT_RESPONSE_INVALID',
    received: /Prompt/,
    remedy: /^Send DoNotBegin, (?!.*cognigy-rest)/,
    pointer: '/branchName',
    only: 'exchange',
  },
  {
    name: 'passes on what a custom exchange endpoint answered, beside outputs that are none',
    answer: () => ({ ...says('Hello'), outputStack: 'Hello' }),
    code: 'BOT_RESPONSE_INVALID',
    received: /"Hello"/,
    remedy: /^(?!.*protocol: exchange)/,
    pointer: '/outputStack',
    only: 'cognigy-rest',
  },
  {
    name: 'resets the connection',
    answer: (_, response) => void response.destroy(),
    code: 'BOT_UNREACHABLE',
    received: /./,
    remedy: /virtual agent Bella, at its url/,
  },
  {
    name: 'hangs',
    answer: () => undefined,
    code: 'BOT_UNREACHABLE',
    received: /./,
    remedy: /raise timeout of the virtual agent \(0\.2 s\)/,
    agent: { timeout: 0.2 },
  },
  {
    name: 'answers with a page',
    answer: plain(200, 'text/html', '<!DOCTYPE html><html>Visit site</html>'),
    code: 'BOT_RESPONSE_INVALID',
    received: /<!DOCTYPE html>.*, as text\/html$/,
    remedy: /looks like a page: of a proxy, of a tunnel’s warning/,
  },
  {
    name: 'answers with a byte order mark',
    answer: plain(200, 'application/json', '\uFEFF{"branchName": "EndContact", "outputStack": []}'),
    code: 'BOT_RESPONSE_INVALID',
    received: /branchName/,
    remedy: /begins with a byte order mark/,
  },
  {
    name: 'answers in Latin-1',
    answer: (_, response) =>
      void response.end(
        Buffer.from('{"branchName": "PromptAndCollectNextResponse", "botSessionState": "Grüße", "outputStack": []}', 'latin1'),
      ),
    code: 'BOT_RESPONSE_INVALID',
    received: /Gr\uFFFD\uFFFDe/,
    remedy: /UTF-8: it looks like Latin-1/,
  },
  {
    name: 'answers in UTF-16',
    answer: (_, response) => void response.end(Buffer.from('\uFEFF{"branchName": "EndContact", "outputStack": []}', 'utf16le')),
    code: 'BOT_RESPONSE_INVALID',
    received: /UTF-16/,
    remedy: /UTF-8/,
  },
  {
    name: 'answers nothing',
    answer: plain(200, 'application/json', ''),
    code: 'BOT_RESPONSE_INVALID',
    received: /^an empty body/,
    remedy: /JSON by its contract/,
  },
  {
    name: 'answers 40 KB',
    answer: () => ({ ...says('Hello', { botSessionState: 'x'.repeat(40_000) }), outputStack: [] }),
    code: 'BOT_RESPONSE_INVALID',
    received: /40\d\d\d/,
    remedy: /Keep botSessionState and customPayload small/,
    only: 'exchange',
  },
  {
    name: 'puts out 40 KB',
    answer: () => ({ text: 'x'.repeat(20_000), outputStack: [{ text: 'x'.repeat(20_000) }] }),
    code: 'BOT_RESPONSE_INVALID',
    received: /40\d\d\d/,
    remedy: /put out less in one turn: its texts stand in the answer twice/,
    only: 'cognigy-rest',
  },
  {
    name: 'nests deeper than anything can be shown',
    answer: (_, response) =>
      void response.end(
        `{"branchName": "EndContact", "outputStack": [], "customPayload": ${'['.repeat(15_000)}${']'.repeat(15_000)}}`,
      ),
    code: 'BOT_RESPONSE_INVALID',
    received: /^more$/,
    remedy: /flat values/,
  },
  {
    name: 'answers a list',
    answer: () => [],
    code: 'BOT_RESPONSE_INVALID',
    received: /\(a list\)/,
    remedy: /./,
    pointer: '',
  },
  {
    name: 'has a wrong type',
    answer: () => says('Hello', { intentInfo: { intentConfidence: 'high' } }),
    code: 'BOT_RESPONSE_INVALID',
    received: /"high"/,
    remedy: /number/,
    pointer: '/intentInfo/intentConfidence',
    only: 'exchange',
  },
  {
    name: 'has a branch that is none',
    answer: () => ({ branchName: 'promptAndCollectNextResponse' }),
    code: 'BOT_RESPONSE_INVALID',
    received: /promptAndCollectNextResponse/,
    remedy: /Did you mean PromptAndCollectNextResponse\?/,
    pointer: '/branchName',
    only: 'exchange',
  },
  {
    name: 'has an unknown property',
    answer: () => says('Hello', { session: 1 }),
    code: 'BOT_RESPONSE_INVALID',
    received: /./,
    remedy: /./,
    pointer: '/session',
    only: 'exchange',
  },
  {
    name: 'has no branch',
    answer: () => ({ nextPromptSequence: { prompts: [] } }),
    code: 'BOT_RESPONSE_INVALID',
    received: /^an object with "nextPromptSequence"$/,
    remedy: /Add "branchName"/,
    pointer: '/branchName',
    only: 'exchange',
  },
  {
    name: 'has an unknown property that is a secret by its name',
    answer: () => says('Hello', { accessToken: 'abc-zebra-9' }),
    code: 'BOT_RESPONSE_INVALID',
    received: /^\[redacted\]$/,
    remedy: /./,
    pointer: '/accessToken',
    only: 'exchange',
  },
  {
    name: 'has no outputStack',
    answer: () => ({ text: 'Hello', data: {} }),
    code: 'BOT_RESPONSE_INVALID',
    received: /./,
    remedy: /./,
    pointer: '/outputStack',
    only: 'cognigy-rest',
  },
  {
    name: 'has an output of a wrong type',
    answer: () => ({ text: null, data: {}, outputStack: [{ text: 5 }] }),
    code: 'BOT_RESPONSE_INVALID',
    received: /5/,
    remedy: /./,
    pointer: '/outputStack/0/text',
    only: 'cognigy-rest',
  },
];

const ROWS = FAULTS.flatMap((fault) =>
  PROTOCOLS.filter((protocol) => fault.only === undefined || fault.only === protocol).map((protocol) => ({ ...fault, protocol })),
);

function expectFault(talk: Talk, { code, received, remedy, pointer }: Omit<Fault, 'name' | 'answer'>): void {
  const trace = talk.trace();
  expect(story(trace)).toEqual(['Greet → OnError', 'Sorry → Default', 'Agent → Default', 'Done → end']);
  const entry = trace.entries[0];
  expect(entry).toMatchObject({ code, level: 'warn', pointer: pointer ?? null, variables: { _ERR: entry?.message } });
  expect(entry?.received).toMatch(received);
  expect(entry?.remedy).toMatch(remedy);
}

test.each(ROWS)('$protocol: it $name', async ({ answer, protocol, agent, ...fault }) => {
  const bella = await bot(answer);
  const talk = await talkWith(bella, { agent: { protocol, ...agent } });
  expectFault(talk, fault);
  const said = (await talk.messages())[0]?.text ?? '';
  expect(said).toMatch(/^Sorry: The (?:answer of the )?bot Bella /);
  expect(await talk.now()).toMatchObject({ state: 'queued', bot: { branchName: null, turns: 1 } });
  const { status, body } = await send(talk.emulator.url, { path: `/_emulator/traces?contactId=${talk.contactId}` });
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toContain('zebra');
});

test.each(PROTOCOLS)('%s: nobody listens', async (protocol) => {
  const talk = await talkWith({ url: 'http://127.0.0.1:1/bot' }, { agent: { protocol } });
  expectFault(talk, { code: 'BOT_UNREACHABLE', received: /127\.0\.0\.1:1/, remedy: /./ });
});

test('a virtual agent that the config file does not have', async () => {
  const emulator = await withScripts(talkScript({}, { virtualAgent: 'Belle' }), {
    virtualAgents: [{ name: 'Bella', url: 'http://127.0.0.1:1/' }],
  });
  const talk = await arrive(emulator);
  expectFault(talk, { code: 'BOT_UNREACHABLE', received: /"Belle"/, remedy: /Did you mean Bella\?/ });
});

test('one that the config file does not have is told when the script is loaded', async () => {
  const notes: string[] = [];
  const scripts = await scriptsFolder(talkScript({}, { virtualAgent: 'Belle' }));
  const emulator = await createEmulator({
    port: 0,
    scripts,
    virtualAgents: [{ name: 'Bella', url: 'http://127.0.0.1:1/' }],
    onNote: (note) => notes.push(note),
  });
  onTestFinished(() => emulator.close());
  expect(notes).toEqual([
    expect.stringMatching(/^note: .*talk\.yaml:\d+:\d+: virtualAgents of the config file has no "Belle"; did you mean Bella\?$/),
    expect.stringMatching(/Belle/),
  ]);
});

test.each([
  [
    302,
    'GET',
    'makes a GET of the exchange',
    /made a GET without a body of the call\.$/,
    /address that the redirect leads to as url of the virtual agent Bella .* sign in, .*headers of the virtual agent\.$/,
  ],
  [307, 'POST', 'sends the exchange on', /\/there\.$/, /does not take a POST there/],
])('a bot at whose address a redirect with %i stands, which %3$s', async (status, method, _, message, remedy) => {
  const seen: unknown[] = [];
  const url = await outside((request, response) => {
    seen.push(request.method);
    const [as, headers] = request.url === '/there' ? [405, {}] : [status, { location: '/there' }];
    request.resume().on('end', () => response.writeHead(as, headers).end());
  });
  const talk = await talkWith({ url });
  expect(seen).toEqual(['POST', method]);
  expectFault(talk, { code: 'BOT_UNREACHABLE', received: /^405 /, remedy });
  const told = talk.trace().entries[0]?.message;
  expect(told).toContain(`A redirect led there, from ${url}/ to ${url}/there`);
  expect(told).toMatch(message);
});

test('a redirect that leads to a sound answer is told with it', async () => {
  const url = await outside((request, response) => {
    if (request.url === '/there') response.end(JSON.stringify(says('Hello')));
    else response.writeHead(308, { location: '/there' }).end();
  });
  const talk = await talkWith({ url });
  expect(talk.trace().entries[0]?.message).toMatch(/Bella hears .* A redirect led there, from .*\/there\.$/);
});

test('a number in the state of a bot that comes back rounded is told with its answer', async () => {
  const url = await outside((_, response) => {
    response.end('{"branchName": "PromptAndCollectNextResponse", "botSessionState": {"session": 12345678901234567890}}');
  });
  const talk = await talkWith({ url });
  expect(talk.trace().entries[0]?.message).toContain(
    '"/botSessionState/session" of its answer is a whole number beyond 2^53-1: it is rounded here',
  );
});

test('the call is in the trace, with what was sent and what came', async () => {
  const bella = await bot(() => ({ branchName: 'Prompt' }));
  const talk = await talkWith(bella);
  const [call] = talk.trace().entries[0]?.calls ?? [];
  expect(call).toMatchObject({
    request: { method: 'POST', url: bella.url, headers: { 'content-type': 'application/json' } },
    response: { status: 200, body: '{"branchName":"Prompt"}' },
  });
  expect(JSON.parse(call?.request.body ?? '')).toMatchObject({ userInputType: 'AUTOMATED_TEXT' });
});

test('closing the emulator does not wait for a bot that hangs', async () => {
  const emulator = await withScripts(talkScript(), { virtualAgents: [{ name: 'Bella', url: (await bot(() => undefined)).url }] });
  const arriving = arrive(emulator).catch((error: unknown) => error);
  await expect.poll(() => emulator.traces({ script: 'talk' })).toHaveLength(1);
  await emulator.close();
  await arriving;
});
