/** A headless Chromium and the pages of other sites in it. Without a browser its tests are skipped, or fail if FORBID_SKIPS is set. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { SKIPS_FORBIDDEN } from './runs.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => existsSync(path));

export const hasBrowser = SKIPS_FORBIDDEN || executablePath !== undefined;

/** Throws if there is none. */
export function chromiumPath(): string {
  if (executablePath === undefined)
    throw new Error(`There is no Chromium: neither ${PLACES.join(', ')} nor what CHROMIUM names.`);
  return executablePath;
}

function launch(ignoreDefaultArgs: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    ignoreDefaultArgs,
    args: [
      // Every host name below `.example` leads to this machine. No request goes anywhere else.
      '--host-resolver-rules=MAP *.example 127.0.0.1, EXCLUDE 127.0.0.1, EXCLUDE localhost, MAP * ~NOTFOUND',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
    ],
  });
}

/** The project `browser` does not isolate its files, so that they share one Chromium per worker. It ends with the worker. */
let shared: Promise<Browser> | undefined;

/**
 * A fresh context, closed when the test is over, in the worker's Chromium. `keepsPages`: in a Chromium of its own that
 * restores a page from its back-forward cache, which Playwright turns off.
 */
export async function browserContext({
  keepsPages = false,
  ...options
}: BrowserContextOptions & { readonly keepsPages?: boolean } = {}): Promise<BrowserContext> {
  if (keepsPages) {
    const own = await launch(['--disable-back-forward-cache']);
    onTestFinished(() => own.close());
    return own.newContext(options);
  }
  shared ??= launch([]);
  const context = await (await shared).newContext(options);
  onTestFinished(() => context.close());
  return context;
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
