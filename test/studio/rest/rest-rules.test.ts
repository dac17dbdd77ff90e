/** The platform's rules for a script's REST calls: tries, size, time, how many at a time, the circuit breaker, and what no trace shows. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EmulatorOptions, Trace } from '../../../src/index.js';
import { type Answer, CONVERSATION, open, send, traceOf } from '../../support/client.js';
import { standingClock } from '../../support/clock.js';
import { outside, webhook, withScripts } from '../../support/scripts.js';

interface Seen {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that keeps what came, and then answers so. */
async function server(answer: RequestListener = (_, response) => response.end('{}')): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await outside((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  return { url, seen };
}

/** The script makes one call and tells what it left behind. */
async function called(
  action: object,
  left: readonly string[],
  options: EmulatorOptions = {},
  body: object = {},
): Promise<{ url: string; answer: Answer; trace: Trace; left: Record<string, unknown> }> {
  const answers = {
    type: 'RESPOND',
    body: Object.fromEntries(left.map((name) => [name, `{{ vars.${name} | default: "none", allow_false: true }}`])),
  };
  const { url } = await withScripts(
    webhook('bot', { Call: { ...action, branches: { Default: 'Answer', OnError: 'Answer' } }, Answer: answers }),
    { scriptHosts: ['127.0.0.1'], ...options },
  );
  const answer = await send(url, { path: '/webhooks/bot', body });
  return { url, answer, trace: await traceOf(url, answer), left: answer.body as Record<string, unknown> };
}

const callOf = (trace: Trace): Trace['entries'][number] | undefined => trace.entries.find(({ calls }) => calls !== undefined);

describe('RESTAPI', () => {
  test('sends JSON on one line, and takes JSON', async () => {
    const { url, seen } = await server((_, response) => response.setHeader('x-reply', 'yes').end('{"a": [1]}'));
    const { left, trace } = await called(
      { type: 'RESTAPI', url: `${url}/x?y=1`, body: { text: 'two\nlines' }, headers: { 'X-One': 1 } },
      ['response', 'responseHeaders', '__httpstatuscode', '__httpstatusdescription', '_ERR'],
    );
    expect(seen).toMatchObject([
      {
        method: 'POST',
        body: '{"text":"two\\nlines"}',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'x-one': '1' },
      },
    ]);
    expect(left).toMatchObject({
      response: { a: [1] },
      responseHeaders: { 'x-reply': 'yes' },
      __httpstatuscode: 200,
      __httpstatusdescription: 'OK',
      _ERR: 'none',
    });
    expect(callOf(trace)?.calls).toMatchObject([
      {
        request: { method: 'POST', url: `${url}/x?y=1`, body: '{"text":"two\\nlines"}' },
        response: { status: 200, body: '{"a": [1]}' },
        traceId: null,
      },
    ]);
  });

  test.each([
    ['a 500', 500, 2],
    ['a 503', 503, 2],
    ['a 400', 400, 1],
    ['a 404', 404, 1],
    ['a 200', 200, 1],
  ])('tries %s: %i, %i times', async (_, status, tries) => {
    const { url, seen } = await server((__, response) => response.writeHead(status).end('{}'));
    const { trace, left } = await called({ type: 'RESTAPI', url }, ['__httpstatuscode']);
    expect(seen).toHaveLength(tries);
    expect(callOf(trace)?.calls).toHaveLength(tries);
    expect(left).toEqual({ __httpstatuscode: status });
  });

  test('tries a broken connection twice, and goes on with the second answer', async () => {
    let calls = 0;
    const { url, seen } = await server((request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.end('{"second": true}');
    });
    const { left, trace } = await called({ type: 'RESTAPI', url }, ['response']);
    expect(left).toEqual({ response: { second: true } });
    expect(seen).toHaveLength(2);
    expect(callOf(trace)).toMatchObject({
      level: 'info',
      message: 'GET was answered 200 OK after 2 tries.',
      calls: [{ response: null }, { response: { status: 200 } }],
    });
  });

  test('takes too long twice', async () => {
    const { url, seen } = await server(() => undefined);
    const { left, trace } = await called({ type: 'RESTAPI', url, timeout: 0.05 }, ['__httpstatuscode']);
    expect(seen).toHaveLength(2);
    expect(left).toEqual({ __httpstatuscode: 'none' });
    expect(callOf(trace)?.code).toBe('REST_TIMEOUT');
  });

  test.each([
    ['32 KB', 32_768, undefined],
    ['one byte more', 32_769, 'REST_RESPONSE_TOO_LARGE'],
  ])('takes an answer of %s', async (_, bytes, code) => {
    const { url, seen } = await server((__, response) => response.end(`"${'x'.repeat(bytes - 2)}"`));
    const { trace } = await called({ type: 'RESTAPI', url }, []);
    expect(callOf(trace)?.code ?? undefined).toBe(code);
    expect(seen).toHaveLength(1);
  });

  test('has the limit for the emulator’s own answers, too', async () => {
    const { url } = await withScripts(
      webhook('bot', {
        Call: { type: 'RESTAPI', url: '{{ env.CXONE }}/_emulator/openapi.json', next: 'End' },
        End: { type: 'END' },
      }),
    );
    expect((await send(url, { path: '/webhooks/bot', body: {} })).headers['x-emulator-cause']).toBe('REST_RESPONSE_TOO_LARGE');
  });

  test.each([
    ['<html></html>', 'REST_RESPONSE_NOT_JSON'],
    ['{"a": 1', 'REST_RESPONSE_NOT_JSON'],
    ['', undefined],
    ['12', undefined],
  ])('of the answer %j', async (text, code) => {
    const { url, seen } = await server((_, response) => response.end(text));
    const { trace, left } = await called({ type: 'RESTAPI', url }, ['response']);
    expect(callOf(trace)?.code ?? undefined).toBe(code);
    expect(left.response).toEqual(text === '12' ? 12 : text === '' ? 'none' : text);
    expect(seen).toHaveLength(1);
  });

  test('makes 100 calls at a time, and the rest wait', async () => {
    let open = 0;
    let most = 0;
    const held: (() => void)[] = [];
    const { url, seen } = await server((_, response) => {
      open += 1;
      most = Math.max(most, open);
      const answer = (): void => {
        open -= 1;
        response.end('{}');
      };
      if (seen.length <= 100) held.push(answer);
      else answer();
    });
    const started = await withScripts(
      webhook('bot', { Call: { type: 'RESTAPI', url, timeout: 60, next: 'Done' }, Done: { type: 'RESPOND' } }),
      { scriptHosts: ['127.0.0.1'] },
    );
    const answering = Promise.all(Array.from({ length: 130 }, () => send(started.url, { path: '/webhooks/bot', body: {} })));
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(100);
    const other = await send(started.url, { path: '/t/other/webhooks/bot', body: {} });
    expect(other.status).toBe(200);
    expect(seen).toHaveLength(101);
    for (const answer of held) answer();
    expect((await answering).every(({ status }) => status === 200)).toBe(true);
    expect(seen).toHaveLength(131);
    expect(most).toBe(101);
  });

  test('is behind a breaker, of each tenant, which opens again when its pause is over', async () => {
    const clock = standingClock();
    let sound = false;
    const { url, seen } = await server((_, response) => response.writeHead(sound ? 200 : 503).end('{}'));
    const started = await withScripts(
      webhook('bot', { Call: { type: 'RESTAPI', url, next: 'Done' }, Done: { type: 'RESPOND' } }),
      { clock, scriptHosts: ['127.0.0.1'], restBreaker: { requestsPerSecond: 1, failures: 0.5, window: 3000, pause: 30_000 } },
    );
    const cause = async (tenant = ''): Promise<unknown> =>
      (await send(started.url, { path: `${tenant}/webhooks/bot`, body: {} })).headers['x-emulator-cause'];
    expect([await cause(), await cause(), await cause()]).toEqual(['REST_CALL_FAILED', 'REST_CALL_FAILED', 'REST_CALL_FAILED']);
    expect(seen).toHaveLength(6);
    expect(await cause()).toBe('REST_CIRCUIT_OPEN');
    expect(seen).toHaveLength(6);
    expect(await cause('/t/other')).toBe('REST_CALL_FAILED');
    sound = true;
    clock.advance(29_999);
    expect(await cause()).toBe('REST_CIRCUIT_OPEN');
    clock.advance(1);
    expect(await cause()).toBeUndefined();
  });
});

describe('RESTPROXY', () => {
  test('sends form data unless told otherwise, which the platform refuses', async () => {
    const { url, seen } = await server();
    await called({ type: 'RESTPROXY', url, body: { a: 1 } }, []);
    await called({ type: 'RESTPROXY', url, body: { a: 1 }, contentType: 'application/json' }, []);
    await called({ type: 'RESTPROXY', url, body: { a: 1 }, headers: { 'Content-Type': 'text/json' } }, []);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-www-form-urlencoded',
      'application/json',
      'text/json',
    ]);

    const { answer, trace } = await called(
      { type: 'RESTPROXY', url: '{{ env.CXONE }}/api/v2/conversations/webchat', body: { sessionId: CONVERSATION } },
      ['StatusCode'],
    );
    expect(answer.body).toEqual({ StatusCode: 400 });
    expect(callOf(trace)?.received).toMatch(/CONTENT_TYPE_FORM/);
  });

  test.each<[unknown, string, unknown]>([
    [undefined, '{"a":1}', { a: 1 }],
    ['JSON', '{"a":1}', { a: 1 }],
    [0, '{"a":1}', { a: 1 }],
    ['XML', '<a/>', '<a/>'],
    [1, '<a/>', '<a/>'],
    ['XML', '{"a":1}', '{"a":1}'],
    ['JSON, ignore the body', '<a/>', 'none'],
    [3, '<a/>', 'none'],
  ])('with the parser %j makes of %s', async (parser, text, response) => {
    const { url } = await server((_, sent) => sent.end(text));
    const { left, trace } = await called({ type: 'RESTPROXY', url, ...(parser === undefined ? {} : { parser }) }, [
      'response',
      'StatusCode',
    ]);
    expect(left).toEqual({ response, StatusCode: 200 });
    expect(callOf(trace)?.level).toBe('info');
  });

  test('has the status −1 for what is no valid response, and tries once', async () => {
    const { url, seen } = await server((_, response) => response.end('<a/>'));
    const { left, trace } = await called({ type: 'RESTPROXY', url }, ['StatusCode', 'StatusDescription', 'response']);
    expect(left).toEqual({ StatusCode: -1, StatusDescription: 'The response is not JSON.', response: '<a/>' });
    expect(callOf(trace)?.code).toBe('REST_RESPONSE_NOT_JSON');
    const broken = await server((request) => request.socket.destroy());
    expect((await called({ type: 'RESTPROXY', url: broken.url }, ['StatusCode'])).left).toEqual({ StatusCode: -1 });
    expect([seen.length, broken.seen.length]).toEqual([1, 1]);
  });
});

describe('where calls go', () => {
  test('redirects are followed where the host is allowed', async () => {
    const { url: end, seen } = await server((_, response) => response.end('{"end": true}'));
    const { url } = await server((_, response) => response.writeHead(302, { location: end }).end());
    expect((await called({ type: 'RESTAPI', url }, ['response'])).left).toEqual({ response: { end: true } });
    expect(seen).toHaveLength(1);
    const port = new URL(url).port;
    const { trace } = await called({ type: 'RESTAPI', url }, [], { scriptHosts: [`127.0.0.1:${port}`] });
    expect(callOf(trace)?.code).toBe('REST_HOST_REFUSED');
    expect(callOf(trace)?.calls).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  test.each([
    [
      'a refusal',
      405,
      'no',
      {
        level: 'warn',
        code: 'REST_CALL_FAILED',
        remedy: expect.stringMatching(/address that the redirect leads to: .* sign in, .*headers\.$/) as unknown,
      },
    ],
    ['a page', 200, '<html>', { level: 'warn', code: 'REST_RESPONSE_NOT_JSON' }],
    ['an answer', 200, '[]', { level: 'info' }],
  ])('a redirect that makes a GET of a POST is told with %s', async (_, status, text, told) => {
    const { url, seen } = await server((request, response) => {
      if (request.url === '/there') response.writeHead(status).end(text);
      else response.writeHead(301, { location: '/there' }).end();
    });
    const { trace } = await called({ type: 'RESTAPI', url, body: { a: 1 } }, []);
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(callOf(trace)).toMatchObject(told);
    expect(callOf(trace)?.message).toContain(`A redirect led there, from ${url}/ to ${url}/there, and made a GET without a body`);
  });

  test('nobody outside is called unless the list has them', async () => {
    const { url, seen } = await server();
    const { trace } = await called({ type: 'RESTAPI', url }, [], { scriptHosts: [] });
    expect(callOf(trace)).toMatchObject({ code: 'REST_HOST_REFUSED', level: 'warn' });
    expect(seen).toHaveLength(0);
  });

  test('a host on the list is what it is, also for a caller who claims to have reached the emulator by its name', async () => {
    const { url: target, seen } = await server();
    const { url } = await withScripts(
      webhook('bot', { Call: { type: 'RESTAPI', url: `${target}/webhooks/bot`, next: 'Done' }, Done: { type: 'RESPOND' } }),
      { scriptHosts: ['127.0.0.1'] },
    );
    const answer = await send(url, { path: '/webhooks/bot', body: {}, headers: { host: new URL(target).host } });
    expect(answer.status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  test('the emulator itself is reached by every name that it has, with the trace of its own side', async () => {
    const { url, trace, left } = await called(
      { type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations?attribute=a&value=b' },
      ['__traceid'],
      { scriptHosts: [] },
    );
    const [own] = callOf(trace)?.calls ?? [];
    expect(own?.traceId).toBe(left.__traceid);
    const side = (await send(url, { path: `/_emulator/traces/${String(left.__traceid)}` })).body as Trace;
    expect(side).toMatchObject({ transport: 'script', parent: trace.traceId, operationId: 'findConversations' });
  });
});

test.each(['RESTAPI', 'RESTPROXY'])(
  'an answer to %s that nests thousands of levels deep is a failure, and the script goes on',
  async (type) => {
    const { url } = await server((_, response) => response.end('['.repeat(15_000) + ']'.repeat(15_000)));
    const { answer, trace, left } = await called({ type, url }, ['response', '_ERR']);
    expect(answer.status).toBe(200);
    expect(left).toEqual({ response: 'none', _ERR: 'The value for the variable response nests too deep.' });
    expect(callOf(trace)).toMatchObject({
      code: 'SCRIPT_VALUE_INVALID',
      branch: 'OnError',
      calls: [{ response: { status: 200 } }],
    });
  },
);

test('no trace shows a value of --script-env, an Authorization header or a token, on either side', async () => {
  process.env.STUDIO_TEST_KEY = 'swordfish-"93\\';
  onTestFinished(() => {
    delete process.env.STUDIO_TEST_KEY;
  });
  const { url: target, seen } = await server((_, response) => response.end('{"echo": "swordfish-\\"93\\\\"}'));
  const started = await withScripts(
    {
      ...webhook('bot', {
        Keep: { type: 'ASSIGN', set: { innocent: 'x {{ env.STUDIO_TEST_KEY }}' }, next: 'Note' },
        Note: { type: 'TRACE', message: 'key {{ env.STUDIO_TEST_KEY }}', next: 'Out' },
        Out: {
          type: 'RESTAPI',
          url: target,
          headers: { 'X-Plain': '{{ env.STUDIO_TEST_KEY }}', Authorization: 'Bearer outside-token' },
          body: { note: '{{ vars.innocent }}' },
          next: 'Own',
        },
        Own: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/webhooks/other',
          headers: { Authorization: 'Bearer {{ env.TOKEN }}' },
          body: { note: '{{ vars.innocent }}' },
          next: 'Fail',
        },
        Fail: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/api/v2/conversations/webchat/{{ env.STUDIO_TEST_KEY | url_encode }}',
          branches: { Default: 'Answer', OnError: 'Answer' },
        },
        Answer: { type: 'RESPOND', body: { token: '{{ env.TOKEN }}', ok: true } },
      }),
      ...webhook('other', { Answer: { type: 'RESPOND', body: {} } }),
    },
    { scriptHosts: ['127.0.0.1'], scriptEnv: ['STUDIO_TEST_KEY'] },
  );
  await open(started.url);
  const answer = await send(started.url, { path: '/webhooks/bot', body: {} });
  const token = answer.body.token as string;
  expect(seen[0]?.headers).toMatchObject({ 'x-plain': 'swordfish-"93\\', authorization: 'Bearer outside-token' });
  const traces = JSON.stringify(started.traces());
  expect(started.traces().length).toBeGreaterThanOrEqual(3);
  expect(traces).not.toContain('outside-token');
  expect(traces).not.toContain(token);
  expect(traces).not.toContain('swordfish');
});

test('no trace shows a value of --script-env that a script encodes, or that a long text ends in', async () => {
  const secret = `pa ss"w<r/d+12'34%&x`;
  process.env.STUDIO_TEST_KEY = secret;
  onTestFinished(() => {
    delete process.env.STUDIO_TEST_KEY;
  });
  const { url: target } = await server((request, response) => response.end(JSON.stringify({ asked: request.url })));
  const env = 'env.STUDIO_TEST_KEY';
  const started = await withScripts(
    webhook('bot', {
      Keep: {
        type: 'ASSIGN',
        set: {
          base64: `{{ ${env} | base64_encode }}`,
          inTheMidst: `{{ ${env} | prepend: "user:" | append: ":x" | base64_encode }}`,
          html: `{{ ${env} | escape }}`,
          upper: `{{ ${env} | upcase }}`,
          address: `{{ ${env} | url_encode }}`,
          cut: `{{ context.long }}{{ ${env} }}`,
        },
        next: 'Ask',
      },
      Ask: { type: 'RESTAPI', url: `${target}/?key={{ ${env} | url_encode }}&long={{ ${env} }}`, next: 'Done' },
      Done: { type: 'RESPOND' },
    }),
    { scriptHosts: ['127.0.0.1'], scriptEnv: ['STUDIO_TEST_KEY'] },
  );
  const answer = await send(started.url, { path: '/webhooks/bot', body: { long: 'l'.repeat(990) } });
  const trace = await traceOf(started.url, answer);
  const variables = trace.entries.find(({ action }) => action?.startsWith('Keep'))?.variables;
  for (const name of ['base64', 'html', 'upper', 'address']) expect(String(variables?.[name])).toMatch(/^\[redacted\].{0,3}$/);
  expect(variables?.inTheMidst).toMatch(/^.{4,8}\[redacted\].{3,8}$/);
  expect(variables?.cut).toMatch(/^l+\[redacted\]… \(1013 characters\)$/);
  expect(JSON.stringify(trace)).not.toMatch(/pa[ +]ss|pa%20ss/i);
});

test('credentials at the beginning of a variable whose value is cut are hidden, too', async () => {
  const { url } = await withScripts(
    webhook('bot', {
      Keep: { type: 'ASSIGN', set: { page: 'Bearer abc12345= {{ context.rest }}' }, next: 'Done' },
      Done: { type: 'RESPOND' },
    }),
  );
  const answer = await send(url, { path: '/webhooks/bot', body: { rest: 'r'.repeat(2000) } });
  const trace = await traceOf(url, answer);
  expect(trace.entries.find(({ variables }) => variables !== undefined)?.variables?.page).toMatch(/^Bearer \[redacted\] r+…/);
});

const OPEN = 'SHORT,FLAG,WORD,SKILL'.split(',');

test('a value of --script-env that is short or plain stays in traces, and a note says so', async () => {
  const values = { SHORT: 'abc', FLAG: 'true', WORD: 'production', SKILL: '4001', STUDIO_PASSWORD: 'swordfish', NOTHING: '' };
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const name of Object.keys(values)) Reflect.deleteProperty(process.env, name);
  });
  const notes: string[] = [];
  const { url } = await withScripts(
    webhook('bot', {
      Say: {
        type: 'TRACE',
        message: '{{ env.SHORT }} {{ env.FLAG }} {{ env.WORD }} {{ env.SKILL }} {{ env.STUDIO_PASSWORD }}',
        next: 'Done',
      },
      Done: { type: 'RESPOND' },
    }),
    { scriptEnv: Object.keys(values), onNote: (note) => notes.push(note) },
  );
  const answer = await send(url, { path: '/webhooks/bot', body: {} });
  expect((await traceOf(url, answer)).entries.map(({ message }) => message)).toContain('abc true production 4001 [redacted]');
  expect(notes).toHaveLength(OPEN.length);
  for (const [index, name] of OPEN.entries()) expect(notes[index]).toContain(`traces show the value of ${name} (--script-env)`);
});

test('a secret that stands in a text by chance, across an escape, breaks nothing', async () => {
  process.env.STUDIO_TEST_KEY = 'test';
  onTestFinished(() => {
    delete process.env.STUDIO_TEST_KEY;
  });
  const { url } = await withScripts(
    webhook('bot', { Note: { type: 'TRACE', message: 'a\test, a test', next: 'Done' }, Done: { type: 'RESPOND' } }),
    { scriptEnv: ['STUDIO_TEST_KEY'] },
  );
  const answer = await send(url, { path: '/webhooks/bot', body: {} });
  expect(answer.status).toBe(200);
  expect((await traceOf(url, answer)).entries.map(({ message }) => message)).toContain('a\test, a [redacted]');
});

test('the trace of a webhook that another script calls is over when its script is', async () => {
  const started = await withScripts({
    ...webhook('bot', {
      Call: { type: 'RESTAPI', url: '{{ env.CXONE }}/webhooks/other', body: {}, next: 'Done' },
      Done: { type: 'RESPOND' },
    }),
    ...webhook('other', { Answer: { type: 'RESPOND' } }),
  });
  const told: string[] = [];
  started.onTrace(({ script, outcome }) => told.push(`${String(script)} ${outcome}`));
  expect((await send(started.url, { path: '/webhooks/bot', body: {} })).status).toBe(200);
  expect(told).toEqual(['other accepted', 'bot accepted']);
});
