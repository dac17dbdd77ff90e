/** Redirects of a script's REST call to a host outside. */
import { describe, expect, test } from 'vitest';
import { call, failureOf, keepOpen, mirror, raw, responseOf, web } from '../../support/outside-call.js';

describe('a redirect', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'post', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [302, 'GET', 'GET'],
  ])('of status %i makes %s into %s', async (status, method, then) => {
    const server = await mirror({ '/from': [status, '/to?a=b'] });
    const headers = { 'Content-Type': 'text/plain', 'Content-Language': 'de', 'X-Own': '1', Authorization: 'Bearer abc' };
    const body = method === 'GET' || method === 'HEAD' ? undefined : 'hello';
    const response = responseOf(await call(`${server.url}/from`, { method, headers, body }));
    expect(response.url).toBe(`${server.url}/to?a=b`);
    const kept = then !== 'GET' && body !== undefined;
    expect(server.seen[1]).toMatchObject({ method: then, path: '/to?a=b', body: kept ? 'hello' : '' });
    const { 'content-type': type, 'content-language': language, 'content-length': length } = server.seen[1]!.headers;
    expect([type, language, length]).toEqual(
      kept ? ['text/plain', 'de', '5'] : method === then ? ['text/plain', 'de', undefined] : [undefined, undefined, undefined],
    );
    expect(server.seen[1]!.headers).toMatchObject({ 'x-own': '1', authorization: 'Bearer abc', 'accept-encoding': 'identity' });
    await server.closed();
  });

  test('to another port takes no secrets along, and to the same one all', async () => {
    const target = await mirror();
    const server = await mirror({ '/a': [307, '/b'], '/b': [307, `${target.url}/c`] });
    const secrets = {
      Authorization: 'Bearer abc',
      Cookie: 'a=b',
      'X-Api-Key': 'abc',
      'x-access-token': 'abc',
      'Proxy-Authorization': 'x',
    };
    const url = `${server.url}/a`;
    responseOf(await call(url, { method: 'POST', headers: { ...secrets, 'X-Own': '1' }, body: 'hello' }));
    const names = Object.keys(secrets).map((name) => name.toLowerCase());
    expect(names.filter((name) => server.seen[1]!.headers[name] === undefined)).toEqual([]);
    expect(names.filter((name) => target.seen[0]!.headers[name] !== undefined)).toEqual([]);
    expect(target.seen[0]).toMatchObject({ method: 'POST', body: 'hello', headers: { 'x-own': '1' } });
    await Promise.all([server.closed(), target.closed()]);
  });

  test('to another port takes the address’s credentials along as little; it may bring its own', async () => {
    const target = await mirror();
    const server = await mirror({ '/a': [302, `${target.url}/`], '/b': [302, target.url.replace('//', '//other:words@')] });
    await call(`${server.url}/a`.replace('//', '//user:pass@'));
    const { url } = responseOf(await call(`${server.url}/b`.replace('//', '//user:pass@')));
    expect(server.seen[0]!.headers.authorization).toBeDefined();
    expect(target.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Basic ${Buffer.from('other:words').toString('base64')}`,
    ]);
    expect(url).toBe(`${target.url}/`);
  });

  test('is followed five times, and not a sixth', async () => {
    const path = (number: number): string => `/${String(number)}`;
    const redirects = Object.fromEntries([0, 1, 2, 3, 4, 5].map((number) => [path(number), [302, path(number + 1)] as const]));
    const server = await mirror(redirects);
    expect(responseOf(await call(`${server.url}/1`)).url).toBe(`${server.url}/6`);
    server.seen.length = 0;
    expect(failureOf(await call(`${server.url}/0`))).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: 'The REST call was redirected more than 5 times.',
      received: `one more redirect, from ${server.url}/5 to "/6"`,
      response: { status: 302, statusText: 'Found' },
    });
    expect(server.seen.length).toBe(6);
    await server.closed();
  });

  test('to itself ends', async () => {
    const server = await mirror({ '/': [308, '/'] });
    expect(failureOf(await call(server.url)).message).toContain('more than 5 times');
  });

  test('to a host that is not on the list is refused, and says from where to where', async () => {
    const server = await mirror({ '/': [302, 'http://user:hunter2@evil.test:81/x?token=hunter2hunter2'] });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toMatch(
      `Scripts may not call evil.test. A redirect led there, from ${server.url}/ to http://evil.test:81/x?token=`,
    );
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/'])('to %s is refused', async (location) => {
    const server = await mirror({ '/': [302, location] });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toContain(`A redirect led there, from ${server.url}/ to ${location}.`);
  });

  test.each(['http://[', 'http://', 'https://a b/'])('to %j leads nowhere', async (location) => {
    const server = await mirror({ '/': [302, location] });
    expect(failureOf(await call(server.url))).toMatchObject({
      code: 'REST_CALL_FAILED',
      received: JSON.stringify(location),
      response: { status: 302 },
    });
    await server.closed();
  });

  test.each([300, 302, 304])('without a Location is a response: %i', async (status) => {
    const server = await web((_, response) => response.writeHead(status).end());
    expect(responseOf(await call(server.url))).toMatchObject({ status, url: `${server.url}/` });
  });

  test('has a body that is not read', async () => {
    const server = await raw('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 10000000\r\n\r\nx', keepOpen);
    expect(failureOf(await call(server.url)).message).toContain('more than 5 times');
    await server.closed();
  });
});
