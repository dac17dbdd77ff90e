/** The list of hosts that scripts may call, the classes of addresses, and names that lead elsewhere than they did. */
import { describe, expect, test } from 'vitest';
import { classOf, HOST_ENTRY, hostRules, nameGuard } from '../../../src/studio/rest/hosts.js';

const allows = (entry: string, url: string): boolean => hostRules([entry]).allows(new URL(url));

test.each([
  ['crm.example.com', 'http://crm.example.com/', true],
  ['crm.example.com', 'https://crm.example.com:8443/', true],
  ['crm.example.com', 'http://CRM.Example.COM./', true],
  ['CRM.example.com.', 'http://crm.example.com/', true],
  ['crm.example.com', 'http://a.crm.example.com/', false],
  ['crm.example.com', 'http://crm.example.com.evil.test/', false],
  ['crm.example.com', 'http://evil.test/crm.example.com', false],
  ['crm.example.com', 'http://crm.example.com@evil.test/', false],
  ['crm.example.com:8443', 'https://crm.example.com:8443/', true],
  ['crm.example.com:8443', 'https://crm.example.com/', false],
  ['crm.example.com:443', 'https://crm.example.com/', true],
  ['crm.example.com:443', 'http://crm.example.com/', false],
  ['crm.example.com:443', 'http://crm.example.com:443/', true],
  ['crm.example.com:80', 'http://crm.example.com/', true],
  ['crm.example.com:80', 'https://crm.example.com:80/', true],
  ['.example.com', 'http://a.example.com/', true],
  ['.example.com', 'http://a.b.example.com./', true],
  ['.example.com', 'http://example.com/', false],
  ['.example.com', 'http://.example.com/', false],
  ['.example.com', 'http://notexample.com/', false],
  ['.example.com:8080', 'http://a.example.com:8080/', true],
  ['.example.com:8080', 'http://a.example.com/', false],
  ['.com', 'http://127.0.0.1/', false],
  ['127.0.0.1:9000', 'http://127.0.0.1:9000/', true],
  ['127.0.0.1:9000', 'http://127.0.0.1:9001/', false],
  ['127.0.0.1', 'http://2130706433/', true],
  ['127.0.0.1', 'http://0x7f.1/', true],
  ['127.0.0.1', 'http://127.0.0.1./', true],
  ['127.0.0.1', 'http://localhost/', false],
  ['127.0.0.1', 'http://[::ffff:127.0.0.1]/', false],
  ['[::1]:9000', 'http://[::1]:9000/', true],
  ['[::1]:9000', 'http://[0:0::1]:9000/', true],
  ['[0:0:0::1]', 'http://[::1]/', true],
  ['[::1]', 'http://[::2]/', false],
  ['localhost', 'http://localhost:3000/', true],
  ['localhost', 'http://127.0.0.1:3000/', false],
  ['bücher.example', 'http://xn--bcher-kva.example/', true],
  ['xn--bcher-kva.example', 'http://BÜCHER.example/', true],
  ['.bücher.example', 'http://a.bücher.example/', true],
  ['my_service', 'http://my_service:8080/', true],
])('%s and %s: %s', (entry, url, expected) => {
  expect(new RegExp(HOST_ENTRY, 'u').test(entry)).toBe(true);
  expect(allows(entry, url)).toBe(expected);
});

test('no list lets nothing in', () => {
  expect(hostRules([]).allows(new URL('http://localhost/'))).toBe(false);
});

test.each([
  '',
  '.',
  '..example.com',
  'a..b',
  'http://crm.example.com',
  'crm.example.com/path',
  'user@crm.example.com',
  'crm.example.com:',
  'crm.example.com:0',
  'crm.example.com:65536',
  'crm.example.com:http',
  '*.example.com',
  'a b',
  'a,b',
  '::1',
  '[::1',
  '[::1]x',
  '[localhost]',
])('%j is no entry', (entry) => {
  expect(new RegExp(HOST_ENTRY, 'u').test(entry)).toBe(false);
  expect(() => hostRules(['localhost', entry])).toThrow(TypeError);
});

test.each(['256.1.1.1', '.127.0.0.1', '[:::]', 'xn--a'])('%j looks like an entry and is none', (entry) => {
  expect(() => hostRules([entry])).toThrow(`${JSON.stringify(entry)} is not a host such as`);
});

test.each([
  ['http://crm.example.com:81/', 'crm.example.com:81'],
  ['https://crm.example.com/', 'crm.example.com:443'],
  ['https://other.example.com:81/', 'other.example.com'],
  ['http://[::1]:81/', '[::1]'],
])('to let %s in, %s is added', (url, entry) => {
  expect(hostRules(['crm.example.com:80']).entryFor(new URL(url))).toBe(entry);
});

describe('an address', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::1', 'loopback'],
    ['::', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['172.15.255.255', 'public'],
    ['192.168.1.1', 'private'],
    ['192.169.1.1', 'public'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['64:ff9b::a00:1', 'private'],
    ['2002:c0a8:101::1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['64:ff9b::169.254.169.254', 'link-local'],
    ['fd00:ec2::254', 'link-local'],
    ['100.100.100.200', 'link-local'],
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::808:808', 'public'],
    ['no address', 'public'],
  ])('%s is %s', (address, expected) => {
    expect(classOf(address)).toBe(expected);
  });
});

describe('a name', () => {
  const url = new URL('http://crm.example.com:8080/');

  test('may change its addresses within their class', () => {
    const guard = nameGuard(hostRules([]));
    expect(guard(url, ['8.8.8.8', '2606:4700::1111'])).toBeUndefined();
    expect(guard(url, ['1.1.1.1'])).toBeUndefined();
  });

  test.each([
    ['public', 'loopback', ['8.8.8.8'], ['127.0.0.1']],
    ['public', 'private', ['8.8.8.8'], ['10.0.0.1']],
    ['private', 'public', ['10.0.0.1'], ['8.8.8.8']],
    ['loopback', 'private', ['::1', '127.0.0.1'], ['192.168.0.1']],
    ['public', 'public and private', ['8.8.8.8'], ['8.8.8.8', '10.0.0.1']],
  ])('that was %s must not become %s', (was, _, first, then) => {
    const guard = nameGuard(hostRules([]));
    expect(guard(url, first)).toBeUndefined();
    const words = guard(new URL('https://CRM.example.com./other'), then);
    expect(words?.message).toBe('crm.example.com resolves elsewhere now.');
    expect(words?.expected).toContain(`a ${was} address`);
    expect(words?.received).toContain(then.at(-1));
    expect(guard(url, first)).toBeUndefined();
  });

  test('must not lead to addresses of two classes, and is not remembered by them', () => {
    const guard = nameGuard(hostRules([]));
    expect(guard(url, ['8.8.8.8', '10.0.0.1'])?.received).toBe(
      'crm.example.com, which resolves to 8.8.8.8 (public) and 10.0.0.1 (private)',
    );
    expect(guard(url, ['10.0.0.1'])).toBeUndefined();
  });

  test.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
    'must not lead to %s, unless the list has this address',
    (address) => {
      const words = nameGuard(hostRules(['crm.example.com', '169.254.1.1']))(url, ['8.8.8.8', address]);
      expect(words?.received).toBe(`crm.example.com, which resolves to ${address}`);
      const literal = address.includes(':') ? `[${address}]` : address;
      expect(words?.remedy).toContain(`--script-hosts ${literal}`);
      expect(nameGuard(hostRules([literal]))(url, [address])).toBeUndefined();
      expect(nameGuard(hostRules([`${literal}:8080`]))(url, [address])).toBeUndefined();
      expect(nameGuard(hostRules([`${literal}:81`]))(url, [address])).toBeDefined();
    },
  );

  test('is forgotten when there are too many, the one not asked for longest first', () => {
    const guard = nameGuard(hostRules([]), 2);
    const call = (name: string, address: string) => guard(new URL(`http://${name}/`), [address]);
    call('a', '8.8.8.8');
    call('b', '8.8.8.8');
    call('a', '8.8.8.8');
    call('c', '8.8.8.8');
    expect(call('a', '10.0.0.1')?.message).toBe('a resolves elsewhere now.');
    expect(call('b', '10.0.0.1')).toBeUndefined();
  });

  test('with many addresses is shown with a few', () => {
    const many = Array.from({ length: 50 }, (_, index) => `10.0.0.${String(index)}`);
    expect(nameGuard(hostRules([]))(url, ['8.8.8.8', ...many])?.received).toMatch(/10\.0\.0\.2 \(private\) and 47 more$/);
  });
});
