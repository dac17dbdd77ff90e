/** The contract proves itself: every example passes its validator, every broken one does not; a bad document refuses to start. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CalledOperation, Schema } from '../../src/openapi/contract.js';
import { readDocuments } from '../../src/openapi/documents.js';
import { CONTRACT_FOLDER, loadContract } from '../../src/openapi/load-contract.js';
import { createMatcher } from '../../src/openapi/router.js';
import { createValidators } from '../../src/openapi/validators.js';
import { CATALOGUE, type CatalogueEntry } from '../../src/index.js';
import { emulator, send } from '../support/client.js';

const contract = await loadContract('test');
const validators = createValidators();
const operations = [...contract.operations.values()];

/** Values that cannot be what the schema asks for, each broken in one place. */
function broken(schema: Schema, sound: unknown): unknown[] {
  const wrongType =
    schema.type === 'object' || schema.type === 'array' ? 'text' : schema.type === undefined ? undefined : { an: 'object' };
  const results: unknown[] = wrongType === undefined ? [] : [wrongType];
  if (typeof sound !== 'object' || sound === null || Array.isArray(sound)) return results;
  for (const name of schema.required ?? [])
    results.push(Object.fromEntries(Object.entries(sound).filter(([key]) => key !== name)));
  for (const [name, member] of Object.entries(sound)) {
    const inner = schema.properties?.[name];
    if (inner !== undefined) results.push(...broken(inner, member).map((value) => ({ ...sound, [name]: value })));
  }
  if (schema.additionalProperties === false) results.push({ ...sound, notInTheContract: 1 });
  return results;
}

function parametersOf(operation: CalledOperation): Record<'path' | 'query' | 'header', Record<string, unknown>> {
  const of = (place: string): Record<string, unknown> =>
    Object.fromEntries(
      operation.parameters.filter((parameter) => parameter.in === place).map(({ name, example }) => [name, String(example)]),
    );
  return { path: of('path'), query: of('query'), header: of('header') };
}

describe.each([...operations, ...contract.called.values()])('$operationId', (operation) => {
  test('says how it is known', () => {
    expect(['doc', 'client', 'report', 'assumed', 'emulator']).toContain(operation.provenance);
  });

  test('its examples of parameters pass, and without a required one they do not', () => {
    expect(validators.parameters(operation, parametersOf(operation))).toEqual([]);
    for (const parameter of operation.parameters.filter(({ required }) => required === true)) {
      const values = parametersOf(operation);
      Reflect.deleteProperty(values[parameter.in], parameter.name);
      expect(validators.parameters(operation, values)).not.toEqual([]);
    }
  });

  test('its examples of bodies pass, and broken ones do not', () => {
    const { body } = operation;
    for (const example of body?.examples ?? []) {
      expect(validators.body(operation, example)).toEqual([]);
      const wrong = broken(body?.schema ?? {}, example);
      expect(wrong).not.toEqual([]);
      for (const value of wrong) expect(validators.body(operation, value)).not.toEqual([]);
    }
  });

  test('its examples of replies pass, and broken ones do not', () => {
    for (const [status, reply] of operation.replies) {
      if (reply === null) continue;
      expect(validators.reply(operation, status, reply.example)).toEqual([]);
      const wrong = broken(reply.schema, reply.example);
      expect(wrong).not.toEqual([]);
      for (const value of wrong) expect(validators.reply(operation, status, value)).not.toEqual([]);
    }
  });
});

test.each(operations)('the path of $operationId leads to it, and to no other', (operation) => {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = operation.parameters.find((one) => one.name === name);
    return parameter?.['x-in-route'] === true ? String(parameter.example) : 'x';
  });
  expect(createMatcher(contract).match(operation.method, path)?.operation).toBe(operation);
});

describe.each(contract.families)('the family $name', (family) => {
  const statuses = Object.values(CATALOGUE as Record<string, CatalogueEntry>).flatMap((entry) => {
    if (entry.kind === 'warning') return [];
    const { status } = entry;
    if (status === 'as asked for') return [];
    if (typeof status === 'number') return [status];
    return [status.families?.[family.name], status.path, status.elsewhere].filter((one) => one !== undefined);
  });

  test.each([...new Set(statuses)].filter((status) => status !== 499).sort())(
    'has a body of its shape for the status %i',
    (status) => {
      const namesOf = (one: number): string[] =>
        Object.keys(family.errors.get(one)?.body ?? {}).filter((name) => name !== 'cause');
      expect(namesOf(500)).toHaveLength(2);
      expect(namesOf(status)).toEqual(namesOf(500));
    },
  );
});

test('all contracts are one sound OpenAPI document', async () => {
  const { url } = await emulator();
  const { text, body } = await send(url, { path: '/_emulator/openapi.json' });
  const document = JSON.stringify({ ...body, 'x-family': { name: 'all', prefixes: ['/'], errors: {} } });
  await expect(readDocuments([{ file: 'openapi.json', text: document }])).resolves.toHaveLength(1);
  expect(Object.keys(body.paths)).toContain('/_emulator/traces/{traceId}');
  expect(text).not.toContain('$ref');
}, 120_000);

test('what others serve has a name only, and cannot be taken for what is served', async () => {
  const text = await readFile(new URL('exchange.yaml', CONTRACT_FOLDER), 'utf8');
  for (const family of ['called: true\n  prefixes: [/api/v1]', 'called: true\n  errors: {}']) {
    const edited = text.replace('called: true', family);
    expect(edited).not.toBe(text);
    await expect(readDocuments([{ file: 'exchange.yaml', text: edited }])).rejects.toThrow(
      /exchange\.yaml:\d+:\d+ the x-family of what others serve must have name and called: true, and nothing else/,
    );
  }
});

describe('a bad document refuses to start, with file and line', () => {
  test.each([
    {
      name: 'no YAML',
      edit: (text: string) => text.replace('paths:', 'paths: ['),
      fault: /openapi\/conversations\.yaml:\d+:\d+ /,
    },
    {
      name: 'no OpenAPI',
      edit: (text: string) => text.replace('      responses:', '      answers:'),
      fault: /openapi\/conversations\.yaml:\d+:\d+ .*must not have "answers"/,
    },
    {
      name: 'a reference to nowhere',
      edit: (text: string) => text.replace("schemas/Handover'", "schemas/Handovr'"),
      fault: /openapi\/conversations\.yaml:\d+:\d+ #\/components\/schemas\/Handovr leads nowhere/,
    },
    {
      name: 'a schema that is none',
      edit: (text: string) => text.replace('schema: { type: string }', 'schema: { type: strin }'),
      fault: /openapi\/conversations\.yaml:\d+:\d+ .*not a schema: .*type must be equal to one of/,
    },
    {
      name: 'no operationId',
      edit: (text: string) => text.replace('      operationId: getSession\n', ''),
      fault: /openapi\/conversations\.yaml:\d+:\d+ .* has no operationId/,
    },
    {
      name: 'an operationId given twice',
      edit: (text: string) => text.replace('operationId: getSession', 'operationId: findUsers'),
      fault: /openapi\/conversations\.yaml:\d+:\d+ operationId findUsers is taken/,
    },
    {
      name: 'no provenance',
      edit: (text: string) => text.replace('      x-provenance: report\n', ''),
      fault: /openapi\/conversations\.yaml:\d+:\d+ .*x-provenance/,
    },
    {
      name: 'no example',
      edit: (text: string) => text.replace('      example: externalSessionId\n', ''),
      fault: /openapi\/conversations\.yaml:\d+:\d+ .*attribute needs an example/,
    },
  ])('$name', async ({ edit, fault }) => {
    const folder = await mkdtemp(join(tmpdir(), 'contract-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp(CONTRACT_FOLDER, folder, { recursive: true });
    const file = join(folder, 'conversations.yaml');
    const text = await readFile(file, 'utf8');
    expect(edit(text)).not.toBe(text);
    await writeFile(file, edit(text));
    await expect(loadContract('test', pathToFileURL(`${folder}/`))).rejects.toThrow(fault);
  });
});

test('without documents it refuses to start, and says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const place of [folder, join(folder, 'nothing')])
    await expect(loadContract('test', pathToFileURL(`${place}/`))).rejects.toThrow(
      /there are no contract documents; install the package again/,
    );
});
