/** The stream of traces: as they come, gone on with after a break, and no memory for a reader that is slow. */
import { type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Trace } from '../../src/index.js';
import { emulator, send } from '../support/client.js';

interface Event {
  readonly id?: string;
  readonly event: string;
  readonly data: any;
}

interface Stream {
  readonly response: IncomingMessage;
  /** Resolves once so many events have come. */
  readonly events: (count: number) => Promise<Event[]>;
  readonly ended: Promise<void>;
}

function parse(block: string): Event {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const id = field('id');
  return { ...(id === undefined ? {} : { id }), event: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') };
}

function follow(url: string, path = '/_emulator/traces/stream', headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { agent: false, headers }, (response) => {
      let text = '';
      const looks = new Set<() => void>();
      const events = (): Event[] =>
        text
          .split('\n\n')
          .slice(0, -1)
          .filter((block) => block.includes('data: '))
          .map(parse);
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        for (const look of looks) look();
      });
      resolve({
        response,
        ended: new Promise((done) => response.on('close', done)),
        events: (count) =>
          new Promise((found) => {
            const look = (): void => {
              if (events().length >= count) found(events());
            };
            looks.add(look);
            look();
          }),
      });
    });
    onTestFinished(() => {
      asked.destroy();
    });
    asked.on('error', reject).end();
  });
}

const refuse = async (url: string, id: string, tenant = ''): Promise<string> =>
  (await send(url, { path: `${tenant}/api/v2/conversations/webchat`, body: { sessionId: id } })).headers['x-emulator-trace-id'] ??
  '';

test('every trace is an event, with its id, in the order in which they were answered', async () => {
  const { url } = await emulator();
  await refuse(url, 'before');
  const stream = await follow(url);
  expect(stream.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const ids = [await refuse(url, 'one'), await refuse(url, 'two\nlines')];
  await refuse(url, 'elsewhere', '/t/other');
  ids.push(await refuse(url, 'three'));
  const events = await stream.events(3);
  expect(events.map(({ id }) => id)).toEqual(ids);
  expect(events.map(({ data }) => (data as Trace).conversationId)).toEqual(['one', 'two\nlines', 'three']);
});

test('is filtered like the list', async () => {
  const { url } = await emulator();
  const stream = await follow(
    url,
    '/t/a/_emulator/traces/stream?conversationId=two&outcome=rejected&code=CONVERSATION_ID_FORMAT',
  );
  for (const id of ['one', 'two', 'three', 'two']) await refuse(url, id, '/t/a');
  expect((await stream.events(2)).map(({ data }) => (data as Trace).conversationId)).toEqual(['two', 'two']);
  const bad = await send(url, { path: '/_emulator/traces/stream?outcom=x' });
  expect(bad).toMatchObject({ status: 400, body: { cause: { code: 'CONTROL_INPUT_INVALID', pointer: '/outcom' } } });
});

test('goes on after Last-Event-ID, without a gap and without repeating', async () => {
  const { url } = await emulator();
  const ids: string[] = [];
  for (let number = 0; number < 50; number += 1) ids.push(await refuse(url, `s-${String(number)}`));
  const stream = await follow(url, undefined, { 'last-event-id': ids[9] ?? '' });
  ids.push(await refuse(url, 'later'));
  expect((await stream.events(41)).map(({ id }) => id)).toEqual(ids.slice(10));
});

test('says where what came between may be missing', async () => {
  const { url } = await emulator({ maxTraces: 5 });
  const ids: string[] = [];
  for (let number = 0; number < 10; number += 1) ids.push(await refuse(url, 's'));
  const [missed, ...events] = await (await follow(url, undefined, { 'last-event-id': ids[0] ?? '' })).events(5);
  expect(missed).toMatchObject({ event: 'missed', data: { remedy: expect.stringContaining('--max-traces') as string } });
  // The call of the stream itself takes the place of one more.
  expect(events.map(({ id }) => id)).toEqual(ids.slice(-4));
});

test('a reset is no gap', async () => {
  const started = await emulator();
  const stream = await follow(started.url);
  await refuse(started.url, 'one');
  await started.reset();
  await refuse(started.url, 'two');
  expect((await stream.events(2)).map(({ data }) => (data as Trace).conversationId)).toEqual(['one', 'two']);
});

test('a reader that is too slow is dropped with a note, and costs nobody else an answer', async () => {
  const { url } = await emulator({ maxTraces: 50 });
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) }, () => {
    socket.write('GET /_emulator/traces/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  });
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const note = 'x'.repeat(8000);
  for (let number = 0; number < 1500; number += 1) {
    const answer = await send(url, { body: { sessionId: 'abc-123', metadata: { note } } });
    expect(answer.status).toBe(400);
  }
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.resume();
  await expect.poll(() => text.slice(-2000), { timeout: 20_000 }).toMatch(/event: dropped\ndata: .*too slow.*\n\n/);
  await expect.poll(() => text.endsWith('0\r\n\r\n')).toBe(true);
  socket.destroy();
});

test('ends when the emulator stops', async () => {
  const started = await emulator();
  const stream = await follow(started.url);
  const closed = started.close();
  await stream.ended;
  await closed;
  expect(stream.response.complete).toBe(true);
});

test('HEAD has its head alone', async () => {
  const { url } = await emulator();
  expect(await send(url, { method: 'HEAD', path: '/_emulator/traces/stream' })).toMatchObject({ status: 200, text: '' });
});
