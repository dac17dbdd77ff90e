/** The contracts of bots: an answer that a bot builder got nearly right is told with its place and the right name. */
import { describe, expect, test } from 'vitest';
import { type BotProtocol, botContracts } from '../../src/openapi/bot-contracts.js';
import { loadContract } from '../../src/openapi/load-contract.js';
import { createMatcher } from '../../src/openapi/router.js';
import { createValidators } from '../../src/openapi/validators.js';
import type { Finding } from '../../src/errors/catalogue.js';
import { emulator, send } from '../support/client.js';

const contract = await loadContract('test');
const { faultsInAnswer, faultsInRequest } = botContracts(contract, createValidators());

/** `code pointer: remedy`, one for each. */
const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ code, pointer, remedy }) => `${code} ${pointer ?? ''}: ${remedy}`);

const sound = { branchName: 'PromptAndCollectNextResponse' };

test.each<[string, BotProtocol, unknown]>([
  ['the least', 'exchange', sound],
  ['whatever state', 'exchange', { ...sound, botSessionState: [null, { deep: [1] }] }],
  ['texts that are null', 'exchange', { ...sound, nextPromptSequence: { prompts: [{ transcript: null }] }, customPayload: null }],
  ['a whole number as a confidence', 'exchange', { ...sound, intentInfo: { intentConfidence: 1 } }],
  ['nested data for the script', 'exchange', { ...sound, customPayload: { scriptPayloads: [{}, { Intent: 'Escalate' }] } }],
  ['a flow that says nothing', 'cognigy-rest', { text: null, data: null, outputStack: [] }],
  ['members that nobody knows', 'cognigy-rest', { outputStack: [{ text: 'Hello', source: 'bot', more: 1 }], more: 1 }],
])('a sound answer: %s', (_, protocol, answer) => {
  expect(faultsInAnswer(protocol, answer)).toEqual([]);
});

describe('a fault in an answer', () => {
  test.each<[string, BotProtocol, unknown, (string | RegExp)[]]>([
    ['no branch', 'exchange', {}, ['/branchName: Add "branchName" to the top level of the body.']],
    [
      'a branch in another spelling',
      'exchange',
      { branchname: 'Error' },
      [
        '/branchName: Rename "branchname" to "branchName". Names are case-sensitive, and every letter counts.',
        '/branchname: Rename "branchname" to "branchName".',
      ],
    ],
    [
      'a branch that nearly is one',
      'exchange',
      { branchName: 'promptAndCollectNextResponse' },
      ['/branchName: Did you mean PromptAndCollectNextResponse?'],
    ],
    [
      'the branch as Studio writes it',
      'exchange',
      { branchName: 'OnError' },
      [/^\/branchName: Send DoNotBegin, .*Understood\.$/],
    ],
    [
      'one level too deep',
      'exchange',
      { response: sound },
      [
        '/branchName: "branchName" stands one level too deep. Move it from "/response/branchName" to the top level of the body, as "branchName".',
        '/response: "branchName" stands one level too deep. Move it from "/response/branchName" to the top level of the body, as "branchName".',
      ],
    ],
    ['a list around it', 'exchange', [sound], [': Send the object itself, not a list around it.']],
    ['a text', 'exchange', 'Hello', [': Send the body as an object.']],
    [
      'an object that is null',
      'exchange',
      { ...sound, intentInfo: null },
      ['/intentInfo: intentInfo has no value: send an object, and nothing at all instead of null.'],
    ],
    [
      'a prompt that is a text',
      'exchange',
      { ...sound, nextPromptSequence: { prompts: ['Hello'] } },
      ['/nextPromptSequence/prompts/0: Send item 0 of prompts as an object.'],
    ],
    [
      'a number in quotes',
      'exchange',
      { ...sound, intentInfo: { intentConfidence: '0.9' } },
      ['/intentInfo/intentConfidence: Send intentConfidence as a number, without quotes: 0.9.'],
    ],
    [
      'milliseconds beyond 32 bits',
      'exchange',
      { ...sound, nextPromptBehaviors: { silenceRules: { millisecondsToWaitForUserResponse: 2 ** 31 } } },
      ['/nextPromptBehaviors/silenceRules/millisecondsToWaitForUserResponse: Send a number up to 2147483647.'],
    ],
    ['a flow’s answer without outputs', 'cognigy-rest', { text: 'Hello' }, ['/outputStack: Add "outputStack" to the top level']],
    [
      'an output that is a text',
      'cognigy-rest',
      { outputStack: ['Hello'] },
      ['/outputStack/0: Send item 0 of outputStack as an object.'],
    ],
  ])('%s', (_, protocol, answer, faults) => {
    const findings = faultsInAnswer(protocol, answer);
    const lines = told(findings).map((line) => line.replace(/^BOT_RESPONSE_INVALID /, ''));
    expect(lines).toHaveLength(faults.length);
    faults.forEach((fault, index) => {
      if (typeof fault === 'string') expect(lines[index]).toContain(fault);
      else expect(lines[index]).toMatch(fault);
    });
    for (const finding of findings) expect(finding).toMatchObject({ code: 'BOT_RESPONSE_INVALID', in: 'body' });
  });

  test('names who does not know the field, and that a required branch is assumed', () => {
    const [missing, unknown] = faultsInAnswer('exchange', { branch: 'Error' });
    expect(missing?.provenance).toBe('assumed');
    expect(unknown).toMatchObject({
      message: '"branch" is not a field that the contract of exchange endpoints knows.',
      received: '"Error" (a string)',
    });
    expect(unknown?.provenance).toBeUndefined();
  });
});

describe('what Studio sends', () => {
  const turn = { userInputType: 'TEXT', executionInfo: { contactId: 463012345678, busNo: 4597359 } };

  test('is as the contract describes it, with null where nothing is known', () => {
    const nothing = { virtualAgentId: null, userInput: null, base64wavFile: null, mediaType: null, botConfig: null };
    expect(faultsInRequest({ ...turn, ...nothing, botSessionState: null, customPayload: null })).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    [
      'nothing',
      {},
      [
        'REQUIRED_FIELD_MISSING /executionInfo: Add "executionInfo" to the top level of the body.',
        'REQUIRED_FIELD_MISSING /userInputType: Add "userInputType" to the top level of the body.',
      ],
    ],
    [
      'a contact id as a text',
      { ...turn, executionInfo: { contactId: '463012345678', busNo: 1 } },
      ['SCHEMA_MISMATCH /executionInfo/contactId: Send contactId as a number, without quotes: 463012345678.'],
    ],
    [
      'a request id that is a UUID',
      { ...turn, executionInfo: { ...turn.executionInfo, requestId: '0b8f4c1e' } },
      ['SCHEMA_MISMATCH /executionInfo/requestId: Send requestId as a whole number.'],
    ],
    ['an input of no type', { ...turn, userInputType: 'text' }, ['SCHEMA_MISMATCH /userInputType: Did you mean TEXT?']],
    ['a member that nobody knows', { ...turn, sessionId: 'x' }, ['SCHEMA_MISMATCH /sessionId: Remove "sessionId".']],
  ])('a fault: %s', (_, request, faults) => {
    expect(told(faultsInRequest(request))).toEqual(faults);
  });
});

test('what is only called is neither served nor published', async () => {
  const { url } = await emulator();
  const published = (await send(url, { path: '/_emulator/openapi.json' })).text;
  const matcher = createMatcher(contract);
  expect([...contract.called.keys()].sort()).toEqual(['exchangeWithBot', 'sendToFlow']);
  for (const { operationId, method, path } of contract.called.values()) {
    expect(contract.operations.has(operationId)).toBe(false);
    expect(matcher.match(method, path)).toBeUndefined();
    expect(published).not.toContain(operationId);
    expect((await send(url, { path, body: {} })).headers['x-emulator-cause']).toBe('ROUTE_UNKNOWN');
  }
  expect(contract.families.map(({ name }) => name)).not.toContain('exchange');
});
