/** The trace file: a line for everything that was answered, however the emulator ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readlink, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Trace } from '../../src/index.js';
import { createEmulator } from '../../src/index.js';
import { emulator, HANDOVER, send } from '../support/client.js';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'traces-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

async function linesOf(path: string): Promise<string[]> {
  return existsSync(path) ? (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '') : [];
}

test('has one line a trace, without secrets, before the answer is there', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const { url } = await emulator({ traceFile, redact: ['/metadata/phone'] });
  const answer = await send(url, {
    headers: { authorization: 'Bearer abc.def.ghi' },
    body: { sessionId: 'abc-123', metadata: { phone: '0170', note: 'two\nlines' } },
  });
  const [line = '', ...others] = await linesOf(traceFile);
  expect(others).toEqual([]);
  expect(line).not.toMatch(/abc\.def|0170/);
  expect((JSON.parse(line) as Trace).traceId).toBe(answer.headers['x-emulator-trace-id']);
});

test('is begun anew from its size on; three older ones are kept, and nothing falls between them', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const { url } = await emulator({ traceFile, traceFileSize: '8kb' });
  const ids: string[] = [];
  for (let number = 0; number < 60; number += 1)
    ids.push((await send(url, { body: { sessionId: 'abc-123' } })).headers['x-emulator-trace-id'] ?? '');
  const files = [`${traceFile}.3`, `${traceFile}.2`, `${traceFile}.1`, traceFile];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  for (const text of texts) expect(text.length).toBeLessThan(8192);
  const kept = (await Promise.all(files.map(linesOf))).flat().map((line) => (JSON.parse(line) as Trace).traceId);
  expect(kept.length).toBeGreaterThan(5);
  expect(kept).toEqual(ids.slice(-kept.length));
  expect(existsSync(`${traceFile}.4`)).toBe(false);
});

test('is begun anew where something else moved or removed it', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const { url } = await emulator({ traceFile });
  await send(url, { body: {} });
  await rename(traceFile, `${traceFile}.moved`);
  await send(url, { body: {} });
  await rm(traceFile);
  for (let number = 0; number < 3; number += 1) await send(url, { body: {} });
  expect(await linesOf(`${traceFile}.moved`)).toHaveLength(1);
  expect(await linesOf(traceFile)).toHaveLength(3);
});

test('is gone on with after a restart, also where it ends within a line', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  await writeFile(traceFile, '{"traceId":"old"}\n{"traceId":"bro');
  const { url } = await emulator({ traceFile });
  await send(url, { body: {} });
  const lines = await linesOf(traceFile);
  expect(lines).toHaveLength(3);
  expect((JSON.parse(lines[2] ?? '') as Trace).outcome).toBe('rejected');
});

test('that cannot be opened is told at the start', async () => {
  const traceFile = join(await folder(), 'no', 'such', 'folder');
  await expect(emulator({ traceFile })).rejects.toThrow(/traceFile: the trace file cannot be written: ENOENT/);
});

test('that cannot be begun anew grows on, which is told, and nothing is missing in it', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const notes: string[] = [];
  const { url } = await emulator({ traceFile, traceFileSize: '20kb', onNote: (note) => notes.push(note) });
  // A folder that is not empty stands where the full file would go.
  await mkdir(join(`${traceFile}.1`, 'x'), { recursive: true });
  await mkdir(join(`${traceFile}.2`, 'x'), { recursive: true });
  await mkdir(join(`${traceFile}.3`, 'x'), { recursive: true });
  const ids: string[] = [];
  for (let number = 0; number < 20; number += 1) ids.push((await send(url, { body: {} })).headers['x-emulator-trace-id'] ?? '');
  expect((await linesOf(traceFile)).map((line) => (JSON.parse(line) as Trace).traceId)).toEqual(ids);
  expect(notes.length).toBeGreaterThan(0);
  expect(notes.length).toBeLessThan(5);
  expect(notes[0]).toMatch(/cannot be begun anew: .*It grows on/);
  for (const number of [1, 2, 3]) await rm(`${traceFile}.${String(number)}`, { recursive: true });
  for (let number = 0; number < 60; number += 1) await send(url, { body: {} });
  expect((await stat(traceFile)).size).toBeLessThan(20 * 1024);
  expect((await stat(`${traceFile}.1`)).size).toBeLessThan(20 * 1024);
});

const hasPipes = process.platform !== 'win32';
const makePipe = (path: string): void => {
  execFileSync('mkfifo', [path]);
};

test.skipIf(!hasPipes)('is a regular file: anything else is refused at the start, by what it is', async () => {
  const path = await folder();
  const pipe = join(path, 'pipe');
  makePipe(pipe);
  const linked = join(path, 'link');
  await symlink(pipe, linked);
  const socket = createServer().listen(join(path, 'socket'));
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
  });
  for (const [traceFile, kind] of [
    [pipe, 'a pipe'],
    [linked, 'a pipe'],
    [path, 'a folder'],
    [join(path, 'socket'), 'a socket'],
    ['/dev/null', 'a device'],
  ] as const)
    await expect(emulator({ traceFile })).rejects.toThrow(
      new RegExp(`traceFile: the trace file cannot be written: ${traceFile} is ${kind}, and traces are written to regular files`),
    );
});

test.skipIf(!hasPipes)('for which a pipe stands meanwhile costs nobody an answer; what is missing is told once', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const notes: string[] = [];
  const { url } = await emulator({ traceFile, onNote: (note) => notes.push(note) });
  await rm(traceFile);
  makePipe(traceFile);
  for (let number = 0; number < 3; number += 1) expect((await send(url, { body: {} })).status).toBe(400);
  expect(notes).toEqual([expect.stringMatching(/traces\.ndjson is a pipe.*Answers go on; traces are missing in it/)]);
  await rm(traceFile);
  await send(url, { body: {} });
  expect(notes.slice(1)).toEqual([expect.stringMatching(/is written again; 3 traces are missing/)]);
  expect(await linesOf(traceFile)).toHaveLength(1);
});

test('that something else emptied is small again, and pushes no older ones out', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const { url } = await emulator({ traceFile, traceFileSize: '8kb' });
  for (let number = 0; number < 5; number += 1) {
    for (let fill = 0; fill < 3; fill += 1) await send(url, { body: {} });
    await truncate(traceFile);
  }
  await send(url, { body: {} });
  expect(await linesOf(traceFile)).toHaveLength(1);
  expect(existsSync(`${traceFile}.1`)).toBe(false);
  await truncate(traceFile, 10);
  await send(url, { body: {} });
  const [cut, whole = ''] = await linesOf(traceFile);
  expect(cut).toHaveLength(10);
  expect((JSON.parse(whole) as Trace).outcome).toBe('rejected');
});

test('that is a link stays one when it is begun anew', async () => {
  const path = await folder();
  const traceFile = join(path, 'link');
  const target = join(path, 'far', 'traces.ndjson');
  await mkdir(join(path, 'far'));
  await symlink(target, traceFile);
  const { url } = await emulator({ traceFile, traceFileSize: '8kb' });
  for (let number = 0; number < 20; number += 1) await send(url, { body: {} });
  expect(await readlink(traceFile)).toBe(target);
  expect(existsSync(`${target}.1`)).toBe(true);
  expect((await linesOf(traceFile)).length).toBeGreaterThan(0);
  expect(existsSync(`${traceFile}.1`)).toBe(false);
});

test('has the trace of a request that the end of the emulator cut off, and closing twice is closing once', async () => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const notes: string[] = [];
  const started = await createEmulator({ port: 0, traceFile, onNote: (note) => notes.push(note) });
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(started.url).port) }).on('error', () => undefined);
  socket.write(`POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
  await send(started.url, { path: '/_emulator/health' });
  await Promise.all([started.close(), started.close()]);
  await started.close();
  socket.destroy();
  expect(notes).toEqual([]);
  expect((await linesOf(traceFile)).map((line) => (JSON.parse(line) as Trace).entries.at(-1)?.code)).toContain(
    'CLIENT_DISCONNECTED',
  );
});

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Sends requests over 20 connections until they break; answers the trace ids of all that were answered. */
async function loadUntilItBreaks(url: string, answered: Set<string>): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request(
        url + HANDOVER,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume().on('error', reject);
          response.on('end', () => {
            resolve(String(response.headers['x-emulator-trace-id']));
          });
        },
      );
      sent.on('error', reject).end('{"sessionId":"abc-123"}');
    });
  const worker = async (): Promise<void> => {
    for (;;) answered.add(await ask());
  };
  await Promise.allSettled(Array.from({ length: 20 }, worker));
  agent.destroy();
}

test.each(['SIGKILL', 'SIGTERM'] as const)('%s during load loses nothing that was answered', async (signal) => {
  const traceFile = join(await folder(), 'traces.ndjson');
  const child: ChildProcess = spawn(process.execPath, [
    CLI,
    '--port',
    '0',
    '--log-level',
    'error',
    '--trace-file',
    traceFile,
    '--trace-file-size',
    '1mb',
  ]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [first] = (await once(createInterface(child.stdout!), 'line')) as [string];
  const answered = new Set<string>();
  const load = loadUntilItBreaks(/http:\S+/.exec(first)?.[0] ?? '', answered);
  await expect.poll(() => answered.size, { timeout: 20_000 }).toBeGreaterThan(700);
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  await load;
  const lines = (await Promise.all([`${traceFile}.3`, `${traceFile}.2`, `${traceFile}.1`, traceFile].map(linesOf))).flat();
  const written = new Set<string>();
  lines.forEach((line, index) => {
    if (index < lines.length - 1 || line.endsWith('}')) written.add((JSON.parse(line) as Trace).traceId);
  });
  expect([...answered].filter((id) => !written.has(id))).toEqual([]);
});
