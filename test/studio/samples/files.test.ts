/** The sample script that calls a CRM outside, and the files of all samples. */
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { causeOf, type EmulatorOptions, warningsOf } from '../../../src/index.js';
import { traceOf } from '../../support/client.js';
import { FOLDER, hook, ladderOf, place } from '../../support/samples.js';

describe('outside-webhook', () => {
  const STANDARD = { customer: { name: 'unknown', tier: 'standard' } };
  const ASK = { customerId: 'a/7' };
  const WITHOUT = ['AskCrm (RESTAPI) → OnError', 'GoOnWithout (TRACE) → Default', 'Done (RESPOND) → over'];

  /** A CRM on a free port, and the folder with that port in the script. */
  async function crm(listener: RequestListener): Promise<{ port: number; scripts: string; close: () => Promise<void> }> {
    const server = createServer(listener).listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const scripts = await mkdtemp(join(tmpdir(), 'samples-'));
    const close = async (): Promise<void> => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    };
    onTestFinished(async () => {
      await close();
      await rm(scripts, { recursive: true });
    });
    await cp(FOLDER, scripts, { recursive: true });
    const file = join(scripts, 'outside-webhook.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('localhost:9900', `localhost:${String(port)}`));
    return { port, scripts, close };
  }

  test('answers with what the CRM says', async () => {
    const asked: (string | undefined)[] = [];
    const { port, scripts } = await crm((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": "Ada", "tier": "gold"}');
    });
    const here = await place({ scripts, scriptHosts: [`localhost:${String(port)}`], auth: 'strict' });
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: { customer: { name: 'Ada', tier: 'gold' } } });
    expect(asked).toEqual(['/customers/a%2F7']);
    const trace = await traceOf(here.base, answer);
    expect(ladderOf(trace)).toEqual(['AskCrm (RESTAPI) → Default', 'Known (ASSIGN) → Default', 'Done (RESPOND) → over']);
    expect(warningsOf(trace)).toEqual([]);
  });

  test.each<[string, () => Promise<EmulatorOptions>, object]>([
    [
      'the CRM answers with an error',
      async () => {
        const { scripts } = await crm((_request, response) => {
          response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
        });
        return { scripts, scriptHosts: ['localhost'] };
      },
      {
        code: 'REST_CALL_FAILED',
        message: expect.stringMatching(/^GET http:\/\/localhost:\d+\/customers\/a%2F7 was answered 404 Not Found\.$/) as string,
      },
    ],
    [
      'nothing listens, after two tries',
      async () => {
        const { scripts, close } = await crm(() => undefined);
        await close();
        return { scripts, scriptHosts: ['localhost'] };
      },
      { code: 'REST_CALL_FAILED', calls: [{ response: null }, { response: null }] },
    ],
    ['the host is not in scriptHosts, as by default', () => Promise.resolve({}), { code: 'REST_HOST_REFUSED' }],
  ])('goes on without it if %s', async (_, options, warning) => {
    const here = await place(await options());
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: STANDARD });
    const trace = await traceOf(here.base, answer);
    expect(trace.outcome).toBe('accepted');
    expect(causeOf(trace)).toBeUndefined();
    expect(ladderOf(trace)).toEqual(WITHOUT);
    expect(warningsOf(trace)).toMatchObject([warning]);
  });
});

describe('the files', async () => {
  const files = (await readdir(FOLDER)).sort();

  test.each(files)('%s opens with the schema for editors, and a comment of one to three lines', async (file) => {
    const [schema, ...lines] = (await readFile(join(FOLDER, file), 'utf8')).split('\n');
    expect(schema).toBe('# yaml-language-server: $schema=../../dist/script.schema.json');
    const name = lines.findIndex((line) => !line.startsWith('# '));
    expect(name).toBeGreaterThanOrEqual(1);
    expect(name).toBeLessThanOrEqual(3);
    expect(lines[name]).toBe(`name: ${file.replace('.yaml', '')}`);
  });

  test('each is run by a test', async () => {
    const tests = (await readdir('test/studio/samples')).filter((name) => name.endsWith('.test.ts'));
    const texts = await Promise.all(tests.map((name) => readFile(`test/studio/samples/${name}`, 'utf8')));
    // The name of a script, or of an action in a script that another one runs.
    const named = new Set(texts.flatMap((text) => [...text.matchAll(/'([a-z-]+)['/]/g)].map(([, name]) => name)));
    expect(files.filter((file) => !named.has(file.replace('.yaml', '')))).toEqual([]);
  });
});
