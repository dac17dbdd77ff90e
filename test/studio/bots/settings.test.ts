/** Virtual agents in the config: what cannot be used is told with its place, before anything is started. */
import { expect, test } from 'vitest';
import { createEmulator } from '../../../src/index.js';
import { scriptsFolder } from '../../support/scripts.js';

const SECRET = 'ftp://secret-4711.example.com/x';
process.env.BOTS_ADDRESS = SECRET;

const local = { name: 'Bella', url: 'http://127.0.0.1:8500/' };

test.each<[string, readonly object[], RegExp]>([
  [
    'neither address nor stand-in',
    [{ name: 'Bella' }],
    /^virtualAgents\.0: virtualAgents\.0 needs url or standIn, and not both$/,
  ],
  ['both', [{ ...local, standIn: 'bot.yaml' }], /needs url or standIn, and not both$/],
  ['a name that stands twice', [local, local], /^virtualAgents\.1\.name: name Bella stands twice$/],
  [
    'a stand-in for Cognigy',
    [{ name: 'B', standIn: 'bot.yaml', protocol: 'cognigy-rest' }],
    /speaks the protocol exchange only$/,
  ],
  [
    'a contract for Cognigy',
    [{ ...local, protocol: 'cognigy-rest', contract: 'observed' }],
    /contract is of the protocol exchange only$/,
  ],
  ['an unknown protocol', [{ ...local, protocol: 'soap' }], /virtualAgents\.0\.protocol must be/],
  ['a time that is none', [{ ...local, timeout: 0 }], /virtualAgents\.0\.timeout/],
  [
    'a file that is not there',
    [{ name: 'B', standIn: 'nowhere.yaml' }],
    /^virtualAgents\.0\.standIn: virtualAgents\.0\.standIn is "nowhere\.yaml": there is no such file or folder$/,
  ],
  [
    'a variable that is not set',
    [{ ...local, headers: { X: '{{ env.BOTS_NOTHING }}' } }],
    /^virtualAgents\.0\.headers\.X: .*BOTS_NOTHING, which is not set$/,
  ],
  [
    'a template with a filter',
    [{ ...local, headers: { X: '{{ env.PATH | upcase }}' } }],
    /^virtualAgents\.0\.headers\.X: .*only \{\{ env\.NAME \}\} is, without filters/,
  ],
  [
    'a variable of the script',
    [{ ...local, headers: { X: '{{ vars.key }}' } }],
    /headers\.X has a template that is not filled in/,
  ],
  [
    'a variable whose name is none',
    [{ name: 'B', url: 'http://localhost/{{ env.MY-KEY }}' }],
    /url has a template that is not filled in/,
  ],
  [
    'an address that lacks a variable',
    [{ name: 'B', url: '{{ env.BOTS_NOTHING }}' }],
    /^virtualAgents\.0\.url: .*which is not set$/,
  ],
  [
    'an address without a host',
    [{ name: 'B', url: 'http://' }],
    /^virtualAgents\.0\.url: .*must be an address such as .*, not "http:\/\/"$/,
  ],
  ['no address', [{ name: 'B', url: 'localhost:8500' }], /must be an address/],
  ['an address of another scheme', [{ name: 'B', url: 'file:///etc/passwd' }], /must be an address/],
  ['a host that is none', [{ name: 'B', url: 'http://a!b/' }], /must be an address/],
  [
    'an address from the environment',
    [{ name: 'B', url: '{{ env.BOTS_ADDRESS }}' }],
    /not "\{\{ env\.BOTS_ADDRESS \}\}", with what the environment has$/,
  ],
])('%s', async (_, virtualAgents, told) => {
  const started = createEmulator({ port: 0, scripts: await scriptsFolder({}), virtualAgents: virtualAgents as never });
  const fault = await started.then(
    (emulator) => emulator.close(),
    (problem: unknown) => problem,
  );
  expect(fault).toBeInstanceOf(Error);
  const { message } = fault as Error;
  expect(message).toMatch(told);
  expect(message).not.toContain('secret-4711');
  expect(message.split('\n')).toHaveLength(1);
});
