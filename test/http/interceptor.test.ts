/** If an interceptor fails, one client gets a 500, and the others notice nothing. */
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { CONVERSATION, HANDOVER, open, send } from '../support/client.js';

test('a request on which it fails gets a 500 with a trace, and the next one its usual response', async () => {
  const bugs: unknown[] = [];
  const broken = new Error('no room');
  const emulator = await startEmulator(await loadConfig({ options: { port: 0 } }), {
    interceptor: (pipeline) => ({
      handle: (arrival) => (arrival.headers['x-breaks'] === undefined ? pipeline.handle(arrival) : Promise.reject(broken)),
    }),
    onBug: (problem, traceId) => bugs.push(problem, traceId),
  });
  onTestFinished(() => emulator.close());
  await open(emulator.url);
  const body = { sessionId: CONVERSATION, skillId: 4001 };

  const failed = await send(emulator.url, { path: HANDOVER, body, headers: { 'x-breaks': 'yes' } });
  expect(failed.status).toBe(500);
  const [trace] = emulator.traces();
  expect(trace).toMatchObject({ outcome: 'failed', response: { status: 500 } });
  expect(trace?.entries.find(({ level }) => level === 'error')).toMatchObject({ code: 'INTERNAL', received: 'Error: no room' });
  expect(bugs).toEqual([broken, trace?.traceId]);

  expect((await send(emulator.url, { path: HANDOVER, body })).status).toBe(200);
});
