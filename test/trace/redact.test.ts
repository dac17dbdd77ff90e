/** Secrets reach neither traces nor the terminal, wherever they stand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSecretName, redactText } from '../../src/trace/redact.js';
import { createReporter } from '../../src/cli/output/reporter.js';
import { CONVERSATION, emulator, open, send, talk } from '../support/client.js';
import { PROPERTY_RUNS } from '../support/runs.js';

const SECRET = 's3cr3t-Value_42';
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${'x'.repeat(40)}`;

describe('texts', () => {
  test.each([
    `{"password": "${SECRET}"}`,
    `{"accessKeySecret":"${SECRET}","a":1}`,
    `{"nested": [{"access_token": "${SECRET}"}]}`,
    `{"client_secret": ["${SECRET}"]}`,
    `{"token": {"value": "${SECRET}"}}`,
    `{"token": {"a": {"b": "}"}, "value": "${SECRET}"}, "c": 1}`,
    `{"password": "a\\"${SECRET}"}`,
    `{"password": "a\\\\", "secret": "${SECRET}"}`,
    `{"pass\\u0077ord": "${SECRET}"}`,
    `{"pW:":1,"password":"${SECRET}","after":"pW:"}`,
    `{"a": "it's", "password": {"b": "'}", "c": "${SECRET}"}}`,
    `{"apiKey": "${SECRET}`,
    `{'password': '${SECRET}'}`,
    `{password: "${SECRET}"}`,
    `{password: ${SECRET}}`,
    `{"payload": "{\\"password\\": \\"${SECRET}\\"}"}`,
    `grant_type=password&username=me&password=${SECRET}`,
    `client%5Fsecret=${SECRET}&a=1`,
    `/path?access_token=${SECRET}&x=1`,
    `Bearer ${SECRET}`,
    `Authorization: Basic ${SECRET}`,
    `https://me:${SECRET}@cxone.example/`,
    `<password>${SECRET}</password>`,
    `<password><![CDATA[${SECRET}]]></password>`,
    `<a password="${SECRET}"/>`,
    `<password><value>${SECRET}</value></password>`,
    `<password>${SECRET}`,
    `{"value":"${SECRET}","name":"Authorization"}`,
    `data=%7B%22password%22%3A%22${SECRET}%22%7D`,
    `%7B%22password%22%3A%22${SECRET}%22%7D=`,
    `/x?value=${encodeURIComponent(`https://u:${SECRET}@h/`)}`,
    `/x?value=${encodeURIComponent(`?token=${SECRET}`)}`,
    `/x?value=${encodeURIComponent(encodeURIComponent(`{"token":"${SECRET}"}`))}`,
    `password: ${SECRET}}`,
    `a: b\npassword: ${SECRET}\nc: d`,
    `X-Original: Authorization: ${SECRET}`,
    `Content-Disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--x--`,
    `{"password"="${SECRET}"}`,
    `{"password" "${SECRET}"}`,
    `{“password”: “${SECRET}”}`,
    `{"headers":[{"name":"Authorization","value":"${SECRET}"}]}`,
    `/api/v2/users/token:${SECRET}/attributes`,
    `u:${SECRET}@h:443`,
    `{"key":"Authorization","value":"${SECRET}"}`,
    `token[]=${SECRET}&user[password]=${SECRET}`,
    `grant_type=authorization_code&code=${SECRET}`,
    `{"basicAuth":"${SECRET}","passwort":"${SECRET}"}`,
    `%7B%22a%22%3A%22100%%22%2C%22password%22%3A%22${SECRET}%22%7D`,
    `/x?key=AIza${SECRET}`,
    Array.from(`{"password":"${SECRET}"}`).join('\0'),
    `<soap:Password type="x">${SECRET}</soap:Password>`,
  ])('%s', (text) => {
    expect(redactText(text)).not.toContain(SECRET);
    expect(redactText(text)).toContain('[redacted]');
  });

  test('a JWT is known by its form', () => {
    expect(redactText(`the id is ${JWT}, it said`)).toBe('the id is [redacted], it said');
  });

  test.each([
    '{"token_type":"Bearer"}',
    '{"intent":"billing"}',
    '{"sessionId":"abc-123"}',
    'a=1&b=2',
    '{"monkey":"x"}',
    '{"passenger":"x"}',
    'GET /a?b=%7B1%7D',
    'mail to a@b.example',
    '463012345678:1 @ 2',
    '{"customer_key":"K-777","key":"billing","tokens":5,"cookieConsent":true}',
    'Basic subscription, Bearer token required',
    '"user:bob@example.com" (a string)',
    '{"note":"sip:bob@example.com, 12:30"}',
  ])('%s is kept', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('a secret under a secret name never survives in JSON', () => {
    const name = fc.constantFrom(
      'password',
      'PASSWORD',
      'accessToken',
      'refresh_token',
      'x-api-key',
      'client_secret',
      'Authorization',
    );
    fc.assert(
      fc.property(name, fc.jsonValue({ maxDepth: 2 }), fc.string(), (key, before, around) => {
        const text = JSON.stringify({ before, [around]: 1, [key]: SECRET, after: around });
        expect(redactText(text)).not.toContain(SECRET);
      }),
      PROPERTY_RUNS,
    );
  });

  test('hostile texts cost no more than their length', () => {
    for (const piece of [
      '"',
      '\\',
      '\\"',
      '{"',
      '"a":',
      '\\u0000',
      '"\\u0000',
      ', ',
      '{ ',
      "{'a",
      '%',
      '%a:',
      'Basic+a%20:',
      '<password>',
      '"value":"',
      '%a:„',
      '<a',
      '=',
      '&a',
      '://:',
      'eyJ',
      'Bearer ',
      "'",
    ]) {
      const text = `password${piece.repeat(8192 / piece.length)}`;
      const started = performance.now();
      redactText(text);
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});

test('names are told apart', () => {
  for (const name of [
    'authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'proxy-authorization',
    'password',
    'accessKeySecret',
    'id_token',
    'clientSecret',
    'subscription-key',
  ]) {
    expect(isSecretName(name), name).toBe(true);
  }
  for (const name of ['content-type', 'sessionId', 'metadata', 'intent', 'token_type', 'monkey', 'author', 'pinned'])
    expect(isSecretName(name), name).toBe(false);
});

test('nothing that goes in as a secret comes out of a trace or the terminal', async () => {
  const printed: string[] = [];
  const report = createReporter({
    level: () => 'trace',
    colors: false,
    url: () => 'http://x',
    print: (text) => printed.push(text),
  });
  const started = await emulator();
  started.onTrace(report);
  const { url } = started;
  await open(url, { conversationId: CONVERSATION, contactId: '463012345678' });
  const headers = { authorization: `Bearer ${SECRET}`, 'x-api-key': SECRET, cookie: `session=${SECRET}` };

  await send(url, { headers, body: { sessionId: CONVERSATION, metadata: { password: SECRET, note: `Bearer ${SECRET}` } } });
  await send(url, { headers, body: { sessionId: `Bearer ${SECRET}` } });
  await send(url, { headers, body: { token: SECRET } });
  await send(url, { headers, body: { sessionId: CONVERSATION, skillId: { password: SECRET } } });
  await send(url, { headers, body: `{"password": "${SECRET}", "sessionId": }` });
  await send(url, { headers, body: `{"sessionId": "x", 'password': '${SECRET}'}` });
  await send(url, {
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=password&password=${SECRET}`,
  });
  await send(url, { headers, path: `/nowhere?access_token=${SECRET}` });
  await send(url, { headers, path: `/api/v2/contacts?attribute=token&value=${SECRET}` });
  await send(url, { headers, path: `/api/v2/contacts?attribute=a&value=b&api_key=${SECRET}` });
  await send(url, { headers, method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: { accessToken: SECRET } });
  await send(url, {
    headers,
    path: '/_emulator/explain',
    body: { body: { sessionId: 'x', password: SECRET }, headers: { authorization: `Bearer ${SECRET}` } },
  });

  await send(url, { headers, path: `/api/v2/contacts?attribute=x&attribute=token&%76alue=${SECRET}` });
  await send(url, { headers, body: { sessionId: `password=${SECRET}` } });
  await send(url, { headers, body: { sessionId: CONVERSATION, [`password=${SECRET}`]: '{{x}}' } });
  await send(url, { headers, body: `{password: ${SECRET}}` });
  await send(url, { headers, body: Buffer.from(`{"password":"${SECRET}"}`, 'utf16le') });
  await send(url, { headers, path: `/api/v2/users/token:${SECRET}/attributes` });
  await talk(url, `GET / HTTP/1.1\r\nX-Api-Key: ${SECRET}\r\nbad header\r\n\r\n`);
  await talk(url, `CONNECT u:${SECRET}@h:443 HTTP/1.1\r\nHost: x\r\n\r\n`);

  expect(started.traces({ control: true }).length).toBeGreaterThanOrEqual(12);
  for (const trace of started.traces({ control: true })) expect(JSON.stringify(trace, null, 1)).not.toContain(SECRET);
  expect(printed.join('\n')).not.toContain(SECRET);
});
