/** What the soak sends: every kind of request that is sound, wrong or hostile, with how often it comes and what must answer it. */
import { gzipSync } from 'node:zlib';

const HANDOVER = '/api/v2/conversations/webchat';
const FORM = 'application/x-www-form-urlencoded';

/** The bytes of one request; a body that is no text is sent as JSON. */
function request(tenant, method, path, body, headers = {}) {
  const bytes =
    body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const all = {
    host: 'localhost',
    accept: 'application/json',
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  const head = `${method} /t/${tenant}${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return bytes === undefined ? Buffer.from(head) : Buffer.concat([Buffer.from(head), bytes]);
}

const handover = (caller) => ({
  sessionId: caller.conversationId,
  metadata: { intent: 'billing', turn: caller.draw(1000), customer: `customer-${String(caller.draw(1e6))}` },
  skillId: 4001,
});

const BOMB = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
const TOO_LARGE = Buffer.alloc(1024 * 1024 + 1, ' ');
const DEEP = '['.repeat(10_000);
const KEYS = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, number) => [`key-${String(number)}`, number])));
const HOSTILE = [
  '<script>alert(1)</script>',
  '\u202Etxet',
  '\u0000\u001B[2J',
  '{{context.intent}}',
  "'; DROP TABLE contacts; --",
  '𝕏'.repeat(3000),
];

/**
 * `weight` is its share. `make(caller)` gives the bytes, `status` what must answer, or all that may. `opens`: the answer is a
 * conversation, which the caller hands over from then on. `then`: what the caller does instead of waiting for an answer.
 */
export const MIX = [
  {
    name: 'open',
    weight: 8,
    status: 201,
    opens: true,
    make: ({ tenant }) => request(tenant, 'POST', '/_emulator/conversations', { attributes: { externalSessionId: 's-1' } }),
  },
  { name: 'handover', weight: 40, status: 200, make: (caller) => request(caller.tenant, 'POST', HANDOVER, handover(caller)) },
  {
    name: 'handover, gzip',
    weight: 2,
    status: 200,
    make: (caller) =>
      request(caller.tenant, 'POST', HANDOVER, gzipSync(JSON.stringify(handover(caller))), { 'content-encoding': 'gzip' }),
  },
  {
    name: 'look up',
    weight: 4,
    status: 200,
    make: ({ tenant }) => request(tenant, 'GET', '/api/v2/contacts?attribute=externalSessionId&value=s-1'),
  },
  { name: 'list traces', weight: 1, status: 200, make: ({ tenant }) => request(tenant, 'GET', '/_emulator/traces?limit=10') },
  {
    name: 'explain',
    weight: 2,
    status: 200,
    make: (caller) => request(caller.tenant, 'POST', '/_emulator/explain', { body: handover(caller) }),
  },
  { name: 'health', weight: 1, status: 200, make: ({ tenant }) => request(tenant, 'GET', '/_emulator/health') },
  {
    name: 'discovery',
    weight: 1,
    status: 200,
    make: ({ tenant }) => request(tenant, 'GET', '/.well-known/openid-configuration'),
  },
  {
    name: 'token',
    weight: 1,
    status: 200,
    make: ({ tenant }) =>
      request(tenant, 'POST', '/auth/token', 'grant_type=password&username=key&password=secret', {
        'content-type': FORM,
        authorization: `Basic ${Buffer.from('client:secret').toString('base64')}`,
      }),
  },
  {
    name: 'signal with an invented token',
    weight: 2,
    status: 401,
    make: (caller) =>
      request(
        caller.tenant,
        'POST',
        `/inContactAPI/services/v30.0/interactions/${String(caller.draw(1e12))}/signal?p1=End`,
        undefined,
        {
          authorization: `Bearer eyJhbGciOiJSUzI1NiJ9.e30.${String(caller.draw(1e12))}`,
        },
      ),
  },
  {
    name: 'invented id',
    weight: 8,
    status: 400,
    make: (caller) => request(caller.tenant, 'POST', HANDOVER, { sessionId: `abc-${String(caller.draw(1e9))}` }),
  },
  {
    name: 'form data',
    weight: 4,
    status: 400,
    make: ({ tenant }) => request(tenant, 'POST', HANDOVER, 'sessionId=abc', { 'content-type': FORM }),
  },
  {
    name: 'no type',
    weight: 3,
    status: 400,
    make: (caller) => request(caller.tenant, 'POST', HANDOVER, handover(caller), { 'content-type': undefined }),
  },
  {
    name: 'XML',
    weight: 1,
    status: 415,
    make: ({ tenant }) => request(tenant, 'POST', HANDOVER, '<a/>', { 'content-type': 'text/xml' }),
  },
  {
    name: 'broken JSON',
    weight: 4,
    status: 400,
    make: (caller) => request(caller.tenant, 'POST', HANDOVER, JSON.stringify(handover(caller)).slice(0, 20 + caller.draw(60))),
  },
  {
    name: 'unknown route',
    weight: 3,
    status: 404,
    make: (caller) => request(caller.tenant, 'GET', `/api/v2/conversation/${String(caller.draw(1e9))}`),
  },
  { name: 'wrong method', weight: 2, status: 405, make: ({ tenant }) => request(tenant, 'DELETE', HANDOVER) },
  {
    name: 'unknown webhook',
    weight: 2,
    status: 404,
    make: (caller) => request(caller.tenant, 'POST', `/webhooks/w-${String(caller.draw(1e9))}`, {}),
  },
  {
    name: 'prototype names',
    weight: 2,
    status: 200,
    make: (caller) =>
      request(
        caller.tenant,
        'POST',
        HANDOVER,
        `{"sessionId":"${caller.conversationId}","metadata":{"__proto__":{"x":1},"constructor":"y"},"__proto__":"z"}`,
      ),
  },
  {
    name: 'hostile strings',
    weight: 2,
    status: [200, 400],
    make: (caller) =>
      request(caller.tenant, 'POST', HANDOVER, {
        ...handover(caller),
        metadata: { intent: HOSTILE[caller.draw(HOSTILE.length)] },
      }),
  },
  {
    name: 'hostile header',
    weight: 1,
    status: 200,
    make: (caller) =>
      request(caller.tenant, 'POST', HANDOVER, handover(caller), {
        authorization: `Bearer ${'x'.repeat(2000)}`,
        'x-forwarded-host': 'evil.example',
      }),
  },
  { name: 'deep', weight: 0.5, status: 400, make: ({ tenant }) => request(tenant, 'POST', HANDOVER, DEEP) },
  { name: 'many keys', weight: 0.5, status: [200, 400], make: ({ tenant }) => request(tenant, 'POST', HANDOVER, KEYS) },
  {
    name: 'too large',
    weight: 0.2,
    status: 413,
    closes: true,
    make: ({ tenant }) => request(tenant, 'POST', HANDOVER, TOO_LARGE),
  },
  {
    name: 'gzip bomb',
    weight: 0.2,
    status: 413,
    closes: true,
    make: ({ tenant }) => request(tenant, 'POST', HANDOVER, BOMB, { 'content-encoding': 'gzip' }),
  },
  {
    name: 'pipelined',
    weight: 1,
    status: 400,
    answers: 5,
    make: ({ tenant }) => Buffer.concat(Array.from({ length: 5 }, () => request(tenant, 'POST', HANDOVER, '{}'))),
  },
  {
    name: 'long URL',
    weight: 0.5,
    status: 431,
    closes: true,
    make: ({ tenant }) => request(tenant, 'GET', `/api/v2/${'x'.repeat(20_000)}`),
  },
  {
    name: 'no HTTP',
    weight: 0.5,
    status: 400,
    closes: true,
    make: () => Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03', 'latin1'),
  },
  {
    name: 'leaves before the answer',
    weight: 0.5,
    leaves: true,
    make: (caller) => request(caller.tenant, 'POST', HANDOVER, handover(caller)),
  },
  {
    name: 'leaves in the body',
    weight: 0.5,
    leaves: true,
    make: ({ tenant }) => request(tenant, 'POST', HANDOVER, '{"sessionId":', { 'content-length': '100' }),
  },
  { name: 'leaves in the headers', weight: 0.5, leaves: true, make: ({ tenant }) => request(tenant, 'GET', '/').subarray(0, 30) },
  {
    name: 'follows the traces and leaves',
    weight: 0.1,
    leaves: true,
    make: ({ tenant }) => request(tenant, 'GET', '/_emulator/traces/stream', undefined, { accept: 'text/event-stream' }),
  },
  {
    name: 'reset',
    weight: 0.3,
    status: [200, 204],
    forgets: true,
    make: ({ tenant }) => request(tenant, 'POST', '/_emulator/reset'),
  },
];
