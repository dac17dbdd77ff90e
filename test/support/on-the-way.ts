/** A proxy between the page and the emulator that can hold back what comes over the stream of traces. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** `head`: not even that the stream was opened goes through; `body`: nothing that it brings. */
export type Holds = 'nothing' | 'body' | 'head';

export interface OnTheWay {
  readonly url: string;
  /** From now on. What was held back is lost. */
  holds(what: Holds): void;
  /** Cuts all connections. */
  cuts(): void;
}

export async function onTheWay(target: string): Promise<OnTheWay> {
  let held: Holds = 'nothing';
  const server = createServer((asked, answered) => {
    const { hostname, port } = new URL(target);
    const { method, url: path, headers } = asked;
    const passedOn = request({ hostname, port, method, path, headers }, (response) => {
      const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
      if (!(isStream && held === 'head')) answered.writeHead(response.statusCode ?? 502, response.headers).flushHeaders();
      response.on('data', (chunk: Buffer) => {
        if (!isStream || held === 'nothing') answered.write(chunk);
      });
      response.on('end', () => answered.end());
    });
    passedOn.on('error', () => answered.destroy());
    answered.on('close', () => passedOn.destroy());
    asked.pipe(passedOn);
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    holds(what) {
      held = what;
    },
    cuts() {
      server.closeAllConnections();
    },
  };
}
