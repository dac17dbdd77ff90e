/** `cxone-emulator health`: asks a running emulator whether it is well, so that a container needs no other program for it. */
import { request } from 'node:http';

/** In milliseconds. */
const PATIENCE = 3000;

/** Resolves to what it is that answers at `url`; rejects with a reason where nobody does, or somebody else. */
export function askHealth(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/_emulator/health`, { agent: false, timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject).on('end', () => {
        const version = versionIn(text);
        if (response.statusCode === 200 && version !== undefined) resolve(`cxone-emulator ${version} is well at ${url}`);
        else reject(new Error(`what listens at ${url} is no emulator: it answered ${String(response.statusCode)}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`nothing came from ${url} within ${String(PATIENCE)} ms`)));
    asked.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ECONNREFUSED' ? new Error(`nothing listens at ${url}`) : error);
    });
    asked.end();
  });
}

function versionIn(text: string): string | undefined {
  try {
    const { status, version } = JSON.parse(text) as { status?: unknown; version?: unknown };
    return status === 'ok' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
