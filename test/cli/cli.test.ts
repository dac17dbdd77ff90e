/** The command line: what it prints, how it is set up, how it stops, what it refuses. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SETTINGS, SETTING_NAMES, environmentName } from '../../src/config/settings.js';
import { run, type Running, start, startProcess } from '../support/cli.js';
import { CONVERSATION, send, talk } from '../support/client.js';
import { hasCurl } from '../support/runs.js';
import { scriptsFolder, webhook, writeScripts } from '../support/scripts.js';

interface Serving {
  readonly url: string;
  readonly printed: Running['printed'];
  /** Resolves once it has printed this. */
  readonly prints: (wanted: RegExp) => Promise<void>;
}

async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const { printed } = start(args, env);
  const prints = async (wanted: RegExp): Promise<void> => {
    await expect.poll(printed).toMatch(wanted);
  };
  await prints(/listens on http:\S+/);
  return { url: /listens on (http:[^\s,]+)/.exec(printed())?.[1] ?? '', printed, prints };
}

async function file(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** Whether somebody takes connections at this port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

test.skipIf(!hasCurl)('the three curls of the banner work as they stand', async () => {
  const { printed, prints } = await serve(['--port', '0']);
  const curls = printed()
    .split('\n')
    .filter((line) => line.trim().startsWith('curl'));
  expect(curls).toHaveLength(3);
  const curl = async (line: string): Promise<string> => (await promisify(execFile)('sh', ['-c', `${line.trim()} -s`])).stdout;
  expect(await curl(curls[0] ?? '')).toMatch(/^HTTP\/1\.1 201 /);
  expect(await curl(curls[1] ?? '')).toMatch(/^HTTP\/1\.1 200 [^]*"state":"queued"/);
  expect(await curl(curls[2] ?? '')).toMatch(/^HTTP\/1\.1 400 [^]*\{"errorCode":"BadRequest","message":"Bad Request"\}$/);
  await prints(/#trace=[0-9a-f]+-\d+/);
  expect(printed()).not.toMatch(/warning/);
});

test.skipIf(!hasCurl)('those of the banner of --auth strict, too', async () => {
  const { printed } = await serve(['--port', '0', '--auth', 'strict']);
  const commands = printed()
    .split('\n')
    .filter((line) => /^ {3}(?:curl|TOKEN)/.test(line))
    .join('\n');
  const { stdout } = await promisify(execFile)('sh', ['-c', commands]);
  expect(stdout.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200', 'HTTP/1.1 400']);
});

test('a request is one line; under a refused one stand where, expected, received, remedy and the trace', async () => {
  const { url, printed, prints } = await serve(['serve', '--port', '0']);
  await send(url, { path: '/_emulator/conversations', body: { conversationId: CONVERSATION } });
  await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
  const refusal = await send(url, {
    path: '/t/alpha/api/v2/conversations/webchat',
    body: { sessionId: 'abc-123\u001b[31m\u202e' },
  });
  await send(url, { path: '/_emulator/health' });
  await prints(/trace {5}/);
  const lines = printed()
    .split('\n')
    .filter((line) => line.startsWith('POST ') || line.startsWith('  '));
  expect(printed()).toMatch(/^POST \/api\/v2\/conversations\/webchat {2}200 {2}\d+\.\d ms$/m);
  expect(printed()).toMatch(/^POST \/t\/alpha\/api\/v2\/conversations\/webchat {2}400 CONVERSATION_ID_FORMAT {2}\d+\.\d ms$/m);
  expect(lines.join('\n')).toMatch(
    /where {5}body \/sessionId\n {2}expected {2}a conversation id[^]*\n {2}received {2}"abc-123[^]*\n {2}remedy {4}This looks like[^]*\n {2}trace {5}/,
  );
  expect(printed()).toContain(`${url}/t/alpha/_emulator/#trace=${refusal.headers['x-emulator-trace-id'] ?? ''}`);
  // eslint-disable-next-line no-control-regex -- what must not be printed
  expect(printed()).not.toMatch(/\u001b|\u202e/);
  expect(printed()).toMatch(/_emulator\/conversations {2}201/);
  expect(printed()).not.toMatch(/_emulator\/health/);
});

test('a target that no URL parser reads prints nothing of Node’s', async () => {
  const { url, printed } = await serve(['--port', '0', '--log-level', 'error']);
  const answers = await talk(
    url,
    'GET http://a:b:c/x HTTP/1.1\r\nHost: x\r\n\r\nGET //[::bad/?#x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  expect(answers.match(/HTTP\/1\.1 404 /g)).toHaveLength(2);
  expect(printed().trim().split('\n')).toEqual([expect.stringMatching(/^cxone-emulator .* listens on /)]);
});

test('the levels of the log show less and more', async () => {
  const silent = await serve(['--port', '0', '--log-level', 'error']);
  await send(silent.url, { body: { sessionId: 'abc-123' } });
  expect(silent.printed().trim().split('\n')).toHaveLength(1);

  const loud = await serve(['--port', '0', '--log-level', 'trace']);
  await send(loud.url, { body: { sessionId: 'abc-123' } });
  await loud.prints(/request {3}\{"sessionId":"abc-123"\}/);
  await loud.prints(/parse-body +23 bytes of JSON/);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s answers what is in flight, and stops within a second', async (signal) => {
  const child = startProcess(['--port', '0']);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect.poll(() => printed).toMatch(/listens on http:\S+/);
  const url = /listens on (http:[^\s,]+)/.exec(printed)?.[1] ?? '';
  const { port } = new URL(url);
  const socket = createConnection({ host: '127.0.0.1', port: Number(port) });
  const body = JSON.stringify({ sessionId: 'abc-123' });
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  await new Promise<void>((resolve) =>
    socket.write(
      `POST /api/v2/conversations/webchat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n`,
      () => {
        resolve();
      },
    ),
  );
  await send(url, { path: '/webhooks/x', body: {} });
  await expect.poll(() => printed).toMatch(/WEBHOOK_UNKNOWN/);
  const exited = once(child, 'exit');
  const started = performance.now();
  child.kill(signal);
  await expect.poll(() => accepts(Number(port))).toBe(false);
  socket.write(body);
  expect((await exited)[0]).toBe(0);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

describe('settings', () => {
  test('come from the file, then the environment, then flags', async () => {
    const config = await file(
      'emulator.yaml',
      'port: 0\nmaxBody: 1kb\nunknownFields: reject\nseed: 7\nconversations:\n  - conversationId: 0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46\n',
    );
    const { url } = await serve(['--unknown-fields=pass'], {
      CXONE_EMULATOR_CONFIG: config,
      CXONE_EMULATOR_MAX_BODY: '2kb',
      CXONE_EMULATOR_UNKNOWN_FIELDS: 'reject',
      CXONE_EMULATOR_REVEAL_ERRORS: 'true',
    });
    const sized = (length: number): unknown => ({ sessionId: CONVERSATION, skillId: 4001, extra: 'x'.repeat(length) });
    expect((await send(url, { body: sized(1500) })).status).toBe(200);
    expect(await send(url, { body: sized(2500) })).toMatchObject({ status: 413, body: { cause: { code: 'BODY_TOO_LARGE' } } });
  });

  test('every flag is also an environment variable and a key of the file, and --help says so', async () => {
    const { out } = await run(['--help']);
    const words = out.replace(/\s+/g, ' ');
    const withFlag = SETTING_NAMES.filter((name) => SETTINGS[name].flag !== undefined);
    expect(withFlag.length).toBeGreaterThan(9);
    for (const name of withFlag) {
      expect(words).toContain(`--${SETTINGS[name].flag?.name ?? ''}`);
      expect(words).toContain(environmentName(name));
    }
    expect(words).toContain('a key of the config file');
  });

  test('bad input is refused in one message that lists all faults', async () => {
    const config = await file(
      'emulator.yaml',
      'prot: 1\nlogLevel: loud\nskills:\n  - skillId: 1\nconversations:\n  - conversationID: x\n',
    );
    const { code, err } = await run(
      ['--config', config, '--prot', '1', '--port', 'abc', '--max-body', '--unknown-fields', 'maybe'],
      '',
      { CXONE_EMULATOR_REVEAL_ERRORS: 'perhaps', CXONE_EMULATOR_SED: 'x', CXONE_EMULATOR_SKILLS: '[]' },
    );
    expect(code).toBe(2);
    for (const fault of [
      `${config}:1:1: there is no setting "prot"; did you mean port?`,
      `${config}:2:1: logLevel must be silent, error, warn, info, debug or trace, not "loud"`,
      `${config}:4:5: skills.0 must have required property 'name'`,
      `${config}:6:5: conversations.0.conversationID is not known`,
      '--prot: there is no such flag; did you mean --port?',
      '--port: port must be a port from 0 to 65535, not "abc"',
      '--max-body: maxBody must be a size such as 1048576, 512kb or 1mb, not ""',
      '--unknown-fields: unknownFields must be pass or reject, not "maybe"',
      'CXONE_EMULATOR_REVEAL_ERRORS: revealErrors must be true or false, not "perhaps"',
      'CXONE_EMULATOR_SKILLS: skills stands in the config file only',
      'CXONE_EMULATOR_SED: there is no such setting; did you mean CXONE_EMULATOR_SEED?',
    ]) {
      expect(err).toContain(fault);
    }
    expect(err).not.toMatch(/ at .*\.js:/);
  });

  test('the config file is taken up when it changes; a bad one is told, and changes nothing', async () => {
    const config = await file('emulator.yaml', 'unknownFields: pass\n');
    const { url, prints } = await serve(['--port', '0', '--config', config]);
    await writeFile(config, 'unknownFields: maybe\nport: 1\n');
    await prints(
      /emulator\.yaml changed and cannot be used; the settings from before stay:\n.*emulator\.yaml:1:1: unknownFields/,
    );
    expect((await send(url, { path: '/_emulator/health' })).status).toBe(200);
    await writeFile(config, 'unknownFields: reject\nseed: 7\nskills: [{ skillId: 7, name: Seven }]\n');
    await prints(
      /changed: unknownFields as the file says now; skills from the next reset of a tenant on .*; seed only after the next start/,
    );
    expect((await send(url, { body: { sessionId: CONVERSATION, extra: 1 } })).headers['x-emulator-cause']).toBe(
      'SCHEMA_MISMATCH',
    );
  });

  test('takes up scripts that change, and tells a bad one with its place', async () => {
    const folder = await scriptsFolder(webhook('greet', { Say: { type: 'RESPOND', body: { greeting: 'hello' } } }));
    const { url, prints, printed } = await serve(['--port', '0', '--scripts', folder, '--log-level', 'debug']);
    const greet = async (): Promise<unknown> => (await send(url, { path: '/webhooks/greet', body: {} })).body as unknown;
    expect(await greet()).toEqual({ greeting: 'hello' });
    await prints(/Say \(RESPOND\) The caller is answered 200\./);
    await writeFile(join(folder, 'greet.yaml'), 'name: greet\nactions:\n  Say: { type: RESPONT }\n');
    await prints(/greet\.yaml changed and cannot be used; scripts and settings from before stay:\n.*greet\.yaml:3:10: .*RESPOND/);
    expect(await greet()).toEqual({ greeting: 'hello' });
    await writeScripts(folder, webhook('greet', { Say: { type: 'RESPOND', body: { greeting: 'goodbye' } } }));
    await prints(/greet\.yaml changed: the scripts are as the files say now/);
    expect(await greet()).toEqual({ greeting: 'goodbye' });
    expect(printed()).not.toContain('bug of the emulator');
  });

  test('the banner builds its addresses from --public-url, but for those that the control API refuses', async () => {
    const tunnel = await serve(['--port', '0', '--public-url', 'https://abc.ngrok.app/']);
    expect(tunnel.printed()).toContain(`listens on ${tunnel.url}, reached at https://abc.ngrok.app\n`);
    expect(tunnel.printed()).toContain('https://abc.ngrok.app/api/v2/conversations/webchat');
    expect(tunnel.printed()).toContain(`Traces: ${tunnel.url}/_emulator/`);
    const compose = await serve(['--port', '0'], { CXONE_EMULATOR_PUBLIC_URL: 'http://cxone:8400' });
    expect(compose.printed()).toContain('Traces: http://cxone:8400/_emulator/');
    await send(compose.url, { body: { sessionId: 'abc-123' } });
    await compose.prints(/trace {5}http:\/\/cxone:8400\/_emulator\/#trace=/);
  });

  test.each([
    ['no file', () => Promise.resolve('/nowhere/emulator.yaml'), /cannot be read \(ENOENT\)/],
    ['no YAML', () => file('a.yaml', 'port: [1\n'), /a\.yaml:\d+:\d+: /],
    ['no settings', () => file('a.yaml', '- 1\n'), /settings by name, not a list/],
    [
      'a pattern that is none',
      () => file('a.yaml', 'conversationId: {pattern: "(", example: x1}\n'),
      /a\.yaml:1:\d+: conversationId\.pattern is no regular expression/,
    ],
    [
      'an example that does not match',
      () => file('a.yaml', 'conversationId: {pattern: "a[0-9]+", example: b1}\n'),
      /does not match/,
    ],
    [
      'an example that cannot vary',
      () => file('a.yaml', 'conversationId: {pattern: "a1", example: a1}\n'),
      /no ids like conversationId\.example can be generated/,
    ],
    [
      'a seed with a bad id',
      () => file('a.yaml', 'conversations:\n  - conversationId: abc\n'),
      /a\.yaml:2:5: conversations\.0\.conversationId "abc"/,
    ],
    [
      'a seed with a taken id',
      () => file('a.yaml', 'conversations:\n  - contactId: "5"\n  - contactId: "5"\n'),
      /a\.yaml:3:5: conversations\.1\.contactId "5": This contactId is taken/,
    ],
    [
      'bodies that never fit',
      () => file('a.yaml', 'maxInFlightBytes: 1mb\nmaxBody: 2mb\n'),
      /a\.yaml:2:1: maxBody \(2097152 bytes\) must fit into maxInFlightBytes \(1048576 bytes\)/,
    ],
    [
      'a skill given twice',
      () => file('a.yaml', 'skills:\n  - {skillId: 1, name: a}\n  - {skillId: 1, name: b}\n'),
      /a\.yaml:3:\d+: skillId 1 stands twice/,
    ],
  ])('a bad config file is refused with its place: %s', async (_, config, fault) => {
    const { code, err } = await run(['--config', await config()]);
    expect(code).toBe(2);
    expect(err).toMatch(fault);
  });

  test('a port that is taken is told in words', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { code, err } = await run(['--port', String((server.address() as AddressInfo).port)]);
    expect(code).toBe(1);
    expect(err).toMatch(/port \d+ is taken\. Stop what listens there, or choose another with --port/);
  });
});
