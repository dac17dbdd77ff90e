/** Reads the key that signs tokens from the file that the settings name. */
import { readFile } from 'node:fs/promises';
import { ConfigFaults, type LoadedConfig } from './load-config.js';
import { type TokenKey, tokenKey } from '../cxone/token-verifier.js';

/** Without a file, the development key. Throws ConfigFaults. */
export async function readTokenKey(config: LoadedConfig): Promise<TokenKey> {
  const path = config.settings.tokenKey;
  try {
    return tokenKey(path === undefined ? undefined : await readFile(path, 'utf8'));
  } catch (error) {
    throw new ConfigFaults([
      config.fault(
        ['tokenKey'],
        `the token key cannot be used: ${(error as Error).message}. It must be a private RSA key, PEM or JSON Web Key`,
      ),
    ]);
  }
}
