/** `cxone-emulator health`: asks a running emulator whether it is well, so that a container needs no other program for it. */
import { request } from 'node:http';

/** In milliseconds, for the whole answer. */
const PATIENCE = 3000;
/** In characters: an emulator says less. */
const LONGEST_ANSWER = 65_536;

/** Resolves to what it is that answers at `url`; rejects with a reason where nobody does, or somebody else. */
export function askHealth(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/_emulator/health`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < LONGEST_ANSWER) text += chunk;
      });
      response.on('error', reject).on('end', () => {
        const { statusCode, headers } = response;
        const version = versionIn(text);
        const cause = headers['x-emulator-cause'];
        if (statusCode === 200 && version !== undefined) resolve(`cxone-emulator ${version} is well at ${url}`);
        else if (typeof cause === 'string') reject(new Error(`the emulator at ${url} answered ${String(statusCode)} ${cause}`));
        else reject(new Error(`what listens at ${url} is no emulator: it answered ${String(statusCode)}`));
      });
    });
    const deadline = setTimeout(() => {
      asked.destroy(new Error(`no whole answer came from ${url} within ${String(PATIENCE)} ms`));
    }, PATIENCE);
    asked.on('close', () => {
      clearTimeout(deadline);
    });
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
