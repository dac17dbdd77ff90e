/** Connections of a script's REST call that fail, plain and secure, and how each failure is explained. */
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { brokeDown } from '../../../src/studio/rest/errors.js';
import { call, failureOf, keepOpen, listening, mirror, raw } from '../../support/outside-call.js';

/** Made for these tests, for localhost and 127.0.0.1, valid from 2020 to 2120. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRCzYe0ut0iEj1/YR
tcElhPukJB0nCWqYlCP3FrFZWEyhRANCAARbiLRwhQkbHTA5C5qDxJX/zwRqipEV
SFyboRsituVlDOdihwA9of3XI2LHrXWCsZxJISCdzPawTTNF7M0VTPnU
-----END PRIVATE KEY-----
`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFuItHCFCRsdMDkL
moPElf/PBGqKkRVIXJuhGyK25WUM52KHAD2h/dcjYsetdYKxnEkhIJ3M9rBNM0Xs
zRVM+dSjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBQK7pgHDU63lACcv0OpjHRqKDqi1TAKBggqhkjOPQQD
AgNIADBFAiEA+l3U6xj3oUQa08SVpvvVjLgJG32ahbe6gx1AiqRJj/gCIBmeOxLb
SBNZlxZg6hMJ2bcmIZM3jzjsT+YMqyU2lrEU
-----END CERTIFICATE-----
`;

describe('a connection', () => {
  test('that nobody takes is told with its address', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const failure = failureOf(await call(`http://127.0.0.1:${String(port)}/`));
    expect(failure).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: `127.0.0.1:${String(port)} gave no answer.`,
      received: `nothing listens at 127.0.0.1:${String(port)} (ECONNREFUSED)`,
    });
    expect(failure.remedy).toContain('host.docker.internal');
  });

  const HEAD = 'HTTP/1.1 200 OK\r\n';
  test.each([
    ['is closed at once', '', undefined, /closed without an answer \(ECONNRESET\)/],
    ['is reset at once', '', 'reset', /closed without an answer \(ECONNRESET\)/],
    ['closes in the headers', `${HEAD}X-A: b`, undefined, /closed without an answer|\(HPE_/],
    [
      'closes before the Content-Length',
      `${HEAD}Content-Length: 100\r\n\r\nabc`,
      undefined,
      /^3 of 100 bytes, then .* \(ECONNRESET\)/,
    ],
    ['closes before the last chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, undefined, /^3 bytes, then/],
    [
      'is reset in the body',
      `${HEAD}Content-Length: 100\r\n\r\nabc`,
      'reset',
      /^[03] of 100 bytes, then|closed without an answer/,
    ],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.6\r\n', undefined, /\(HPE_INVALID_CONSTANT\)/],
    ['sends a bad chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, undefined, /\(HPE_INVALID_CHUNK_SIZE\)/],
    ['has two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, undefined, /\(HPE_/],
    ['has 20 KB of headers', `${HEAD}X-A: ${'b'.repeat(20_000)}\r\n\r\n`, undefined, /more than 16 KB of headers/],
    [
      'changes the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      'open',
      /without an answer/,
    ],
  ] as const)('that %s fails', async (_, bytes, then, received) => {
    const server = await raw(bytes, (socket) => {
      if (then === 'reset') setImmediate(() => socket.resetAndDestroy());
      else if (then === undefined) socket.end();
    });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_CALL_FAILED');
    expect(failure.received).toMatch(received);
    await server.closed();
  });

  test('that breaks off in the body tells of the answer as far as it was read', async () => {
    const server = await raw('HTTP/1.1 202 Fine\r\nContent-Length: 9\r\nX-A: b\r\n\r\nabc');
    expect(failureOf(await call(server.url))).toMatchObject({
      message: `The answer of 127.0.0.1:${String(server.port)} was cut off.`,
      expected: '9 bytes, as its Content-Length says',
      response: { status: 202, statusText: 'Fine', headers: { 'content-length': '9', 'x-a': 'b' } },
    });
  });

  test('by CONNECT becomes no tunnel', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\n\r\n', keepOpen);
    expect(failureOf(await call(server.url, { method: 'CONNECT' })).code).toBe('REST_CALL_FAILED');
    await server.closed();
  });
});

describe('a secure connection', () => {
  test('to a certificate that nobody signed fails, and says what to do', async () => {
    const server = await listening(
      createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end()),
      'https',
    );
    const failure = failureOf(await call(server.url));
    expect(failure).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: `No secure connection to 127.0.0.1:${String(server.port)} came about.`,
      received: 'a certificate that is self-signed, or from an authority that is not known (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(failure.remedy).toContain('NODE_EXTRA_CA_CERTS');
    await server.closed();
  });

  test('to a server that speaks plain HTTP fails', async () => {
    const server = await mirror();
    const failure = failureOf(await call(server.url.replace('http', 'https')));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', expected: 'a server that speaks TLS' });
    expect(failure.received).toMatch(/^what is no TLS \(/);
    await server.closed();
  });

  test('that fails in its handshake is told in OpenSSL’s words', async () => {
    const server = await listening(
      createTlsServer({ minVersion: 'TLSv1.3' }, (_, response) => response.end()),
      'https',
    );
    const failure = failureOf(await call(server.url));
    expect(failure.received).toMatch(/^a handshake that failed: [a-z0-9/ ]+ \([A-Z0-9_]+\)$/);
    await server.closed();
  });

  test('is wanted where plain HTTP was sent', async () => {
    const server = await listening(createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end()));
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_CALL_FAILED');
    expect(failure.remedy).toContain('https');
  });
});

test.each([
  ['ECONNREFUSED', /^nothing listens at/, /Start the server/],
  ['ECONNRESET', /closed without an answer/, /want TLS at this port/],
  ['EPIPE', /closed without an answer/, /want TLS at this port/],
  ['ETIMEDOUT', /^no reply from/, /HTTP_PROXY/],
  ['EHOSTUNREACH', /^no way to/, /HTTP_PROXY/],
  ['ENETUNREACH', /^no way to/, /HTTP_PROXY/],
  ['ENOTFOUND', /^no address for/, /spelling/],
  ['EAI_AGAIN', /^no reply of the DNS server/, /DNS server/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /self-signed/, /NODE_EXTRA_CA_CERTS/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that is not known/, /NODE_EXTRA_CA_CERTS/],
  ['CERT_HAS_EXPIRED', /has expired/, /Renew/],
  ['CERT_NOT_YET_VALID', /is not valid yet/, /clock/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /for other names/, /by a name that its certificate holds/],
  ['HPE_INVALID_HEADER_TOKEN', /^What Node says/, /https/],
  ['EMFILE', /^What Node says/, /network/],
])('%s is told in words', (code, received, remedy) => {
  const { failure } = brokeDown(new URL('http://crm.example.com/'), Object.assign(new Error('What Node says'), { code }));
  expect(failure.code).toBe('REST_CALL_FAILED');
  expect(failure.received).toMatch(received);
  expect(failure.received).toContain(`(${code})`);
  expect(failure.remedy).toMatch(remedy);
});

test.each([
  [['ECONNREFUSED', 'ECONNREFUSED'], 'nothing listens at [::1]:9 and 127.0.0.1:9 (ECONNREFUSED)'],
  [['EADDRNOTAVAIL', 'ECONNREFUSED'], 'nothing listens at 127.0.0.1:9 (ECONNREFUSED)'],
  [['ENETUNREACH', 'ETIMEDOUT'], 'no reply from 127.0.0.1:9 (ETIMEDOUT)'],
])('%j at the addresses of a name is told in words', (codes, received) => {
  const addresses = ['::1', '127.0.0.1'];
  const errors = codes.map((code, index) => Object.assign(new Error(code), { code, address: addresses[index], port: 9 }));
  const all = Object.assign(new AggregateError(errors), { code: codes[0] });
  expect(brokeDown(new URL('http://localhost:9/'), all).failure.received).toBe(received);
});
