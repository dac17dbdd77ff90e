/** GET /_emulator/requests: the requests that reached the platform. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../../support/client.js';
import { scriptsFolder, webhook } from '../../support/scripts.js';
import { handover, requests, verify } from '../../support/verification.js';

describe('GET /_emulator/requests', () => {
  test('lists what reached the platform, newest first, and not the control API', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, { path: `${HANDOVER}?a=1&a=2&__proto__=x`, ...handover() });
    await send(url, { body: { sessionId: 'abc-123' }, headers: { authorization: 'Bearer abc123456' } });
    expect(await requests(url)).toEqual({
      total: 2,
      dropped: 0,
      items: [
        expect.objectContaining({
          operationId: 'handOverConversation',
          method: 'POST',
          path: HANDOVER,
          transport: 'http',
          body: { sessionId: 'abc-123' },
          bodyComplete: true,
          status: 400,
          outcome: 'rejected',
          cause: expect.objectContaining({ code: 'CONVERSATION_ID_FORMAT', pointer: '/sessionId' }) as object,
          headers: expect.objectContaining({ authorization: '[redacted]' }) as object,
          conversationId: 'abc-123',
        }),
        expect.objectContaining({
          query: JSON.parse('{"a": ["1", "2"], "__proto__": "x"}') as object,
          status: 200,
          outcome: 'accepted',
          cause: null,
          conversationId: CONVERSATION,
        }),
      ],
    });
  });

  test.each([
    ['operationId=handOverConversation', 2],
    ['operationId=getSession', 1],
    ['method=get', 1],
    [`path=${HANDOVER}`, 2],
    ['conversationId=abc-123', 1],
    ['outcome=rejected', 1],
    ['transport=script', 0],
    ['transport=http&outcome=accepted', 2],
    ['contactId=1', 0],
  ])('?%s lists %d', async (query, total) => {
    const { url } = await emulator();
    await open(url);
    await send(url, handover());
    await send(url, { body: { sessionId: 'abc-123' } });
    await send(url, { path: `${HANDOVER}/${CONVERSATION}` });
    expect((await requests(url, `?${query}`)).total).toBe(total);
    expect((await requests(url, `?${query}&limit=1`)).items).toHaveLength(Math.min(total, 1));
  });

  test.each(['outcom=rejected', 'outcome=refused', 'limit=0', 'transport=ws'])('?%s is refused', async (query) => {
    const { url } = await emulator();
    expect(await send(url, { path: `/_emulator/requests?${query}` })).toMatchObject({
      status: 400,
      body: { cause: { code: 'CONTROL_INPUT_INVALID', in: 'query' } },
    });
  });

  test('a tenant sees its own, without its prefix; what is nobody’s is there as well', async () => {
    const { url } = await emulator();
    await send(url, { path: '/t/alpha/nothing/here?x=1' });
    expect(await requests(url)).toMatchObject({ total: 0 });
    expect(await requests(url, '', '/t/alpha')).toMatchObject({
      items: [{ path: '/nothing/here', query: { x: '1' }, operationId: null, status: 404, cause: { code: 'ROUTE_UNKNOWN' } }],
    });
    await send(url, { path: '/t/NO/nothing' });
    expect((await requests(url)).items[0]).toMatchObject({ path: '/t/NO/nothing', cause: { code: 'TENANT_NAME_INVALID' } });
  });

  test('form data is shown as fields, text as text, and nothing as null', async () => {
    const { url } = await emulator();
    const type = 'application/x-www-form-urlencoded';
    await send(url, { body: 'sessionId=abc&x=1&x=2', headers: { 'content-type': type } });
    await send(url, { body: "{'a'}" });
    await send(url, { path: HANDOVER, method: 'POST' });
    const { items } = await requests(url);
    expect(items.map(({ body }: any) => body)).toEqual([null, "{'a'}", { sessionId: 'abc', x: ['1', '2'] }]);
  });

  test('a script’s own calls are listed, and the run that no request started is not', async () => {
    const scripts = await scriptsFolder({
      ...webhook('hand-over', {
        Call: {
          type: 'RESTAPI',
          url: `{{ env.CXONE }}${HANDOVER}/${CONVERSATION}`,
          method: 'GET',
          next: 'Done',
          branches: { OnError: 'Done' },
        },
        Done: { type: 'RESPOND', status: 200, body: {} },
      }),
      'opened.yaml': { name: 'opened', trigger: { conversation: {} }, actions: { Done: { type: 'END' } } },
    });
    const { url } = await emulator({ scripts });
    await open(url);
    await send(url, { path: '/webhooks/hand-over', body: {} });
    const { items } = await requests(url);
    expect(items).toMatchObject([
      { transport: 'script', operationId: 'getSession', parent: items[1].traceId },
      { transport: 'http', operationId: 'webhook:hand-over', parent: null },
    ]);
    expect((await send(url, { path: '/_emulator/traces?script=opened' })).body.total).toBe(1);
    const inOrder = { requests: [{ operationId: 'webhook:hand-over' }, { operationId: 'getSession' }], order: true };
    expect((await verify(url, inOrder)).status).toBe(200);
  });

  test('a body over 8 KB says that it is not whole', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, handover({ metadata: { text: 'ü'.repeat(9000) } }));
    await send(url, handover({ metadata: { text: 'ü'.repeat(5000) } }));
    const { items } = await requests(url);
    expect(items.map(({ bodyComplete }: any) => bodyComplete)).toEqual([true, false]);
    expect(items[0].body.metadata.text).toHaveLength(5000);
    expect(items[1].body).toMatch(/^\{"sessionId"/);
  });
});
