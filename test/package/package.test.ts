/** The package as users get it: an example project has nothing but the packed tarball, and its tests, types and commands work. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { send } from '../support/client.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let project = '';
let installed = '';

/** What the registry would bring: the package's own dependencies, and what the example asks for beside it. */
async function link(name: string): Promise<void> {
  const place = join(project, 'node_modules', name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(ROOT, 'node_modules', name), place);
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'example-'));
  await cp(join(ROOT, 'test/example'), project, { recursive: true });
  // The build was made before the tests.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  installed = join(project, 'node_modules/cxone-emulator');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of [...Object.keys(dependencies), 'vitest', 'supertest', 'typescript', '@types/node', '@types/supertest'])
    await link(name);
});

afterAll(() => rm(project, { recursive: true, force: true }));

test('its vitest suite passes, with the fixture and with supertest', async () => {
  const { stdout } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--reporter', 'json'], {
    cwd: project,
    env: { PATH: process.env.PATH },
  });
  const { numPassedTests, numFailedTests } = JSON.parse(stdout) as Record<string, number>;
  expect({ numPassedTests, numFailedTests }).toEqual({ numPassedTests: 4, numFailedTests: 0 });
});

test('its types are those of the package', async () => {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit'], { cwd: project }).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout);
  });
});

test('the build leaves an executable command, so that npx runs it in a clone', async () => {
  const { stdout } = await run(join(ROOT, 'dist/cli.js'), ['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the library loads where there is no test runner', async () => {
  await rm(join(project, 'node_modules/vitest'));
  onTestFinished(() => link('vitest'));
  const script = `
    const { createEmulator } = await import('cxone-emulator');
    const { matchers } = await import('cxone-emulator/jest');
    const emulator = await createEmulator({ listen: false });
    await emulator.close();
    console.log(Object.keys(matchers).length);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project });
  expect(stdout).toBe('6\n');
});

test('its scenarios are there to be replayed, and replay tells where', async () => {
  const replay = (...paths: string[]): ReturnType<typeof run> =>
    run(process.execPath, ['node_modules/cxone-emulator/dist/cli.js', 'replay', ...paths], {
      cwd: project,
      env: { PATH: process.env.PATH },
    });
  const { stderr } = (await replay().catch((error: unknown) => error)) as { stderr: string };
  const [, folder = ''] = /there is no folder scenarios here.* replay (\S+)\n$/.exec(stderr) ?? [];
  expect(folder).toBe(join('node_modules', 'cxone-emulator', 'scenarios'));
  expect((await replay(folder)).stdout).toMatch(/\n(\d+) scenarios: \1 passed /);
});

test('the command of docker-compose.yml serves, with the scripts of the volume', async () => {
  const { services } = parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
    services: { cxone: { command: string[]; environment: Record<string, string>; volumes: string[] } };
  };
  const { command, environment, volumes } = services.cxone;
  const [from = '', to = ''] = volumes[0]?.split(':') ?? [];
  await cp(join(ROOT, from), join(project, from), { recursive: true });
  const here = (text: string): string => text.replace(to, join(project, from));
  const child = spawn(
    process.execPath,
    ['node_modules/cxone-emulator/dist/cli.js', ...command.map(here), '--port', '0', '--log-level', 'error'],
    {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)])),
      },
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const url = /http:\S+/.exec(line)?.[0] ?? '';
  expect((await send(url, { path: '/_emulator/health' })).body.status).toBe('ok');
  expect((await send(url, { path: '/webhooks/wrong-raw-body', body: {} })).status).toBe(401);
  const verdict = await send(url, { path: '/_emulator/verify', body: { requests: [{ status: 401, cause: 'TOKEN_MISSING' }] } });
  expect(verdict.body.result).toBe('passed');
});

test('it holds what runs, and nothing of its own tests', async () => {
  expect((await readdir(installed)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'openapi', 'package.json', 'scenarios']);
});
