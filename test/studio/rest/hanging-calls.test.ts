/** What becomes of a script whose call outside hangs: while it does, and when the emulator is closed over it. */
import { expect, test } from 'vitest';
import { open, send } from '../../support/client.js';
import { outside, webhook, withScripts } from '../../support/scripts.js';

/** Never answers; `asked` resolves with the first request. */
async function deaf(): Promise<{ readonly url: string; readonly asked: Promise<void> }> {
  let hear: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (hear = resolve));
  return {
    url: await outside(() => {
      hear();
    }),
    asked,
  };
}

const actions = (url: string): object => ({
  Note: { type: 'ASSIGN', set: { seen: 'yes' }, next: 'Call' },
  Call: { type: 'RESTAPI', url, timeout: 60, next: 'End' },
  End: { type: 'END' },
});

test('its trace shows what it did so far', async () => {
  const { url, asked } = await deaf();
  const started = await withScripts(
    { 'waiting.yaml': { name: 'waiting', trigger: { conversation: {} }, actions: actions(url) } },
    { scriptHosts: ['127.0.0.1'] },
  );
  await open(started.url);
  await asked;
  const [trace] = started.traces({ script: 'waiting' });
  expect(trace?.outcome).toBe('running');
  expect(trace?.entries.map(({ action }) => action)).toContain('Note (ASSIGN)');
});

test('closing answers who waits for it the bare 400, and the trace says why', async () => {
  const { url, asked } = await deaf();
  const started = await withScripts(webhook('bot', actions(url)), { scriptHosts: ['127.0.0.1'] });
  const answer = send(started.url, { path: '/webhooks/bot', body: {} });
  await asked;
  await started.close();
  expect(await answer).toMatchObject({ status: 400, headers: { 'x-emulator-cause': 'SCRIPT_STOPPED' } });
  expect(started.traces({ script: 'bot' })[0]?.entries.find(({ level }) => level === 'error')?.code).toBe('SCRIPT_STOPPED');
});

test('a call of a webhook whose script hangs is over when its time is', async () => {
  const { url } = await deaf();
  const started = await withScripts(
    {
      ...webhook('hangs', actions(url)),
      ...webhook('bot', {
        Call: {
          type: 'RESTPROXY',
          url: '{{ env.CXONE }}/webhooks/hangs',
          method: 'POST',
          timeout: 0.2,
          branches: { OnError: 'Tell' },
        },
        Tell: { type: 'RESPOND', status: 504, body: { status: '{{ vars.StatusCode }}' } },
      }),
    },
    { scriptHosts: ['127.0.0.1'] },
  );
  const answer = await send(started.url, { path: '/webhooks/bot', body: {} });
  expect(answer).toMatchObject({ status: 504, headers: { 'x-emulator-cause': 'REST_TIMEOUT' }, body: { status: -1 } });
});

test('calls whose scripts are stopped leave room for others', async () => {
  const most = 100;
  let asked = 0;
  let full: () => void = () => undefined;
  const allAsked = new Promise<void>((resolve) => (full = resolve));
  const target = await outside((request, response) => {
    if (request.url === '/quick') response.end('{}');
    else if ((asked += 1) === most) full();
  });
  const quick = { Call: { type: 'RESTAPI', url: `${target}/quick`, next: 'Done' }, Done: { type: 'RESPOND' } };
  const started = await withScripts(
    { ...webhook('hangs', actions(`${target}/slow`)), ...webhook('quick', quick) },
    { scriptHosts: ['127.0.0.1'] },
  );
  const answers = Array.from({ length: most }, () => send(started.url, { path: '/webhooks/hangs', body: {} }));
  await allAsked;
  await started.reset();
  for (const { headers } of await Promise.all(answers)) expect(headers['x-emulator-cause']).toBe('SCRIPT_STOPPED');
  expect((await send(started.url, { path: '/webhooks/quick', body: {} })).status).toBe(200);
});
