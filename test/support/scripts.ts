/** Folders of Studio scripts, emulators that run them, and the servers outside that scripts call. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/index.js';
import { emulator, type Message, withToken } from './client.js';

/** By file name: YAML as it stands, or an object, which is written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

/** Removed when the test is over. */
export async function scriptsFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scripts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeScripts(folder, files);
  return folder;
}

export async function writeScripts(folder: string, files: Files): Promise<void> {
  for (const [name, file] of Object.entries(files))
    await writeFile(join(folder, name), typeof file === 'string' ? file : JSON.stringify(file, undefined, 2));
}

/** An emulator with these scripts. */
export async function withScripts(files: Files, options: EmulatorOptions = {}): Promise<Emulator> {
  return emulator({ ...options, scripts: await scriptsFolder(files) });
}

/** A script behind `POST /webhooks/{name}`, without a schema. The first action begins. */
export function webhook(name: string, actions: object, more: object = {}): Files {
  return { [`${name}.yaml`]: { name, trigger: { webhook: { path: `/webhooks/${name}` } }, actions, ...more } };
}

/** A web server outside the emulator; its address, without a slash at the end. */
export async function outside(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A signal of the ACD to this contact, with p1, p2, … */
export function signalTo(url: string, contactId: string, ...parameters: readonly string[]): Promise<Message> {
  const query = parameters.map((value, index) => `p${String(index + 1)}=${encodeURIComponent(value)}`).join('&');
  return withToken({ method: 'POST', path: `/inContactAPI/services/v30.0/interactions/${contactId}/signal?${query}` })(url);
}
