/** Dockerfile and docker-compose.yml name what exists: files, flags, variables, paths, and a health check that works. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { environmentName, SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';
import { emulator, send, withToken } from '../support/client.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
const composeText = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const { services } = parse(composeText) as { services: Record<string, Service> };
const cxone = services.cxone!;
const variables = SETTING_NAMES.map(environmentName);

/** Runs a command of the image on this machine, in the folder that has the same files. */
async function run(command: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const [file = '', ...args] = command[0] === 'CMD' ? command.slice(1) : command;
  const { stdout } = await promisify(execFile)(file === 'node' ? process.execPath : file, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment },
  });
  return stdout;
}

describe('the Dockerfile', () => {
  test('copies what is there and what .dockerignore lets in, and leaves root', async () => {
    const [build = '', final = ''] = dockerfile.split(/^FROM .*$/m).slice(1);
    const sources = [...build.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
    const allowed = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
    expect(sources.length).toBeGreaterThan(4);
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(allowed).toContain(`!${source}`);
    }
    const { files, bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      files: string[];
      bin: Record<string, string>;
    };
    for (const name of [...files, 'node_modules', 'package.json']) expect(final).toMatch(new RegExp(`/app/${name} `));
    expect(final).toContain(`ENTRYPOINT ["node", "${bin['cxone-emulator'] ?? ''}"]`);
    expect(final).toMatch(/^USER node$/m);
    expect(final.indexOf('USER node')).toBeLessThan(final.indexOf('ENTRYPOINT'));
  });

  test('sets variables that exist, and exposes the default port', () => {
    for (const [name] of dockerfile.matchAll(/CXONE_EMULATOR_[A-Z_]+/g)) expect(variables).toContain(name);
    expect(dockerfile).toContain(`EXPOSE ${String(SETTINGS.port.default)}`);
  });

  test('has the health check of the compose file', () => {
    const check = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '';
    expect(['CMD', ...(JSON.parse(check) as string[])]).toEqual(cxone.healthcheck.test);
  });
});

describe('docker-compose.yml', () => {
  test('names variables, ports and folders that exist', () => {
    for (const [name] of composeText.matchAll(/CXONE_EMULATOR_[A-Z_]+/g)) expect(variables).toContain(name);
    expect(cxone.ports).toEqual([`127.0.0.1:8400:${String(SETTINGS.port.default)}`]);
    for (const volume of cxone.volumes) expect(existsSync(join(ROOT, volume.split(':')[0] ?? ''))).toBe(true);
  });

  test('its command starts with the config file of the volume, and its health command says so', async () => {
    const [from = '', to = ''] = cxone.volumes[0]?.split(':') ?? [];
    const here = (path: string): string => path.replace(to, join(ROOT, from));
    const environment = Object.fromEntries(Object.entries(cxone.environment).map(([name, value]) => [name, here(value)]));
    const child = spawn(process.execPath, ['dist/cli.js', ...cxone.command.map(here), '--port', '0', '--log-level', 'error'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...environment },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /http:\S+/.exec(line)?.[0] ?? '';
    const lookup = { path: '/api/v2/conversations?attribute=externalSessionId&value=seeded-1' };
    expect((await send(url, lookup)).status).toBe(401);
    expect((await send(url, await withToken(lookup)(url))).body.total).toBe(1);
    const asked = { CXONE_EMULATOR_HOST: '0.0.0.0', CXONE_EMULATOR_PORT: new URL(url).port };
    expect(await run(cxone.healthcheck.test, asked)).toMatch(/^cxone-emulator \d+\.\d+\.\d+ is well at http:/);
  });

  test('the bot in its comment waits for a service that there is', () => {
    const shown = composeText.replace(/^ {2}# (?=bot:| {2})/gm, '  ');
    const { bot } = (parse(shown) as { services: Record<string, Service> }).services;
    expect(Object.keys(bot?.depends_on ?? {})).toEqual(['cxone']);
    expect(bot?.environment.CXONE_BASE_URL).toBe(`http://cxone:${String(SETTINGS.port.default)}`);
  });
});

describe('the health command', () => {
  const ask = (url: string): Promise<string> => run(['node', 'dist/cli.js', 'health', url], {});

  test('takes an address', async () => {
    const { url } = await emulator();
    expect(await ask(`${url}/`)).toContain(`is well at ${url}`);
  });

  test('fails in words where nothing listens, or something else', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    await expect(ask(url)).rejects.toMatchObject({ code: 1, stderr: `what listens at ${url} is no emulator: it answered 200\n` });
    server.close();
    await once(server, 'close');
    await expect(ask(url)).rejects.toMatchObject({ code: 1, stderr: `nothing listens at ${url}\n` });
  });
});

test('CI runs .ci/run on every Node that is promised', async () => {
  const workflow = parse(await readFile(join(ROOT, '.github/workflows/ci.yml'), 'utf8')) as {
    jobs: { check: { strategy: { matrix: { node: number[] } }; steps: { run?: string }[] } };
  };
  expect(workflow.jobs.check.strategy.matrix.node).toEqual([20, 22, 24]);
  expect(workflow.jobs.check.steps.map((step) => step.run)).toContain('.ci/run');
});
