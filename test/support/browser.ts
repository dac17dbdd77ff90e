/** A headless Chromium and the pages of other sites in it. Where there is no browser, its tests are skipped, unless skips are forbidden. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { SKIPS_FORBIDDEN } from './runs.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => existsSync(path));

export const hasBrowser = SKIPS_FORBIDDEN || executablePath !== undefined;

/** Throws where there is none. */
export function chromiumPath(): string {
  if (executablePath === undefined)
    throw new Error(`There is no Chromium: neither ${PLACES.join(', ')} nor what CHROMIUM names.`);
  return executablePath;
}

/**
 * Every host name below `.example` leads to this machine. No request goes anywhere else. `keepsPages`: who goes back finds a
 * page as it was left, as in a browser that nothing drives.
 */
export async function browser({ keepsPages = false }: { readonly keepsPages?: boolean } = {}): Promise<Browser> {
  const started = await chromium.launch({
    executablePath: chromiumPath(),
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    args: [
      '--host-resolver-rules=MAP *.example 127.0.0.1, EXCLUDE 127.0.0.1, EXCLUDE localhost, MAP * ~NOTFOUND',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
    ],
  });
  onTestFinished(() => started.close());
  return started;
}

/** A web site of somebody else: an empty page at `http://{host}:{port}/`. Answers its address. */
export async function foreignSite(host: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title><body></body>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return `http://${host}:${String((server.address() as AddressInfo).port)}/`;
}
