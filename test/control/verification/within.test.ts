/** Verification that waits for requests still to come. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../../support/client.js';
import { scriptsFolder, webhook } from '../../support/scripts.js';
import { HANDED_OVER, handover, is, verify } from '../../support/verification.js';

describe('within', () => {
  /** Waits until the emulator has the question: its wait begins before anything else is answered. */
  const asked = async (url: string): Promise<void> => {
    await send(url, { path: '/_emulator/health' });
  };

  test('waits for what is still to come, and not longer', async () => {
    const { url } = await emulator();
    await open(url);
    const waiting = verify(url, is({ ...HANDED_OVER, count: 2 }, { within: 60_000 }));
    await send(url, handover());
    await send(url, handover());
    expect((await waiting).body).toMatchObject({ result: 'passed', matches: [{ count: 2 }] });
  });

  test('is over with a failure that nothing can mend', async () => {
    const { url } = await emulator();
    await open(url);
    const waiting = verify(url, is({ ...HANDED_OVER, count: 0 }, { within: 60_000 }));
    await asked(url);
    await send(url, handover());
    expect((await waiting).body.result).toBe('failed');
  });

  test('waits the whole time for what must not come', async () => {
    const { url } = await emulator();
    const before = performance.now();
    expect((await verify(url, is({ ...HANDED_OVER, count: 0 }, { within: 60 }))).body.result).toBe('passed');
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  test('fails when the time is over', async () => {
    const { url } = await emulator();
    expect((await verify(url, is(HANDED_OVER, { within: 30 }))).body).toMatchObject({ result: 'failed' });
  });

  test('looks at its own tenant only', async () => {
    const { url } = await emulator();
    const waiting = verify(url, is({ path: '/nothing', outcome: 'any' }, { within: 60_000 }), '/t/alpha');
    await send(url, { path: '/nothing' });
    await send(url, { path: '/t/alpha/nothing' });
    expect((await waiting).body.matches).toMatchObject([{ count: 1 }]);
  });

  test('goes on after a reset, with what comes then alone', async () => {
    const { url } = await emulator();
    const look = { path: `${HANDOVER}/${CONVERSATION}` };
    await open(url);
    await send(url, handover());
    const question = { requests: [HANDED_OVER, { operationId: 'getSession' }], order: true, within: 60_000 };
    const waiting = verify(url, question);
    await asked(url);
    await send(url, { method: 'POST', path: '/_emulator/reset' });
    await open(url);
    await send(url, look);
    await asked(url);
    const second = await send(url, handover());
    await send(url, look);
    const traceIds = [second.headers['x-emulator-trace-id']];
    expect((await waiting).body).toMatchObject({ result: 'passed', matches: [{ count: 1, traceIds }, { count: 2 }] });
  });

  test('takes a script that has gone on as it is now', async () => {
    const scripts = await scriptsFolder(
      webhook('waits', {
        Answer: { type: 'RESPOND', status: 200, body: {}, next: 'Wait' },
        Wait: { type: 'WAIT', seconds: 0.05, next: 'End' },
        End: { type: 'END' },
      }),
    );
    const { url } = await emulator({ scripts });
    await send(url, { path: '/webhooks/waits', body: {} });
    const question = is({ operationId: 'webhook:waits', outcome: 'accepted', count: 1 }, { within: 60_000 });
    expect((await verify(url, question)).body.result).toBe('passed');
  });

  test('does not hold up the end, and says that it cannot tell', async () => {
    const started = await emulator();
    const waiting = verify(started.url, is(HANDED_OVER, { within: 60_000 }));
    const inProcess = started.verify({ requests: [HANDED_OVER], within: 60_000 }).catch((error: unknown) => error);
    await asked(started.url);
    const before = performance.now();
    await started.close();
    expect(performance.now() - before).toBeLessThan(800);
    expect(await inProcess).toMatchObject({ name: 'VerificationError', verdict: { result: 'inconclusive' } });
    expect((await waiting).body).toMatchObject({
      result: 'inconclusive',
      message: expect.stringMatching(/^The emulator was closed while it waited/) as string,
    });
  });
});
