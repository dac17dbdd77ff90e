/** What a test gets, whichever runner runs it: a tenant of its own, with a token at hand. */
import { createEmulator, type EmulatorOptions } from '../emulator/create-emulator.js';
import type { Emulator } from '../emulator/emulator.js';
import type { Tenant } from '../control/tenant-client.js';
import { remember } from './matchers.js';

/** A tenant with a token at hand. */
export interface CxoneTenant extends Tenant {
  /** An access token of this tenant, as the emulator issues it. */
  readonly accessToken: string;
  /** `Bearer …`: the value of the header Authorization. */
  readonly authorization: string;
}

/** Starts an emulator on a free port. It takes only its own tokens, as production does. */
export async function startForTests(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await createEmulator({ port: 0, auth: 'strict', ...options });
  remember(emulator);
  return emulator;
}

let count = 0;

/** A tenant that no other test has; its name tells the test's. */
export async function tenantForTest(emulator: Emulator, test: string): Promise<CxoneTenant> {
  count += 1;
  const words = test
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  const tenant = emulator.tenant(`${words || 'test'}-${String(count)}`);
  const accessToken = await tenant.token();
  return Object.defineProperties(Object.create(Object.prototype), {
    ...Object.getOwnPropertyDescriptors(tenant),
    accessToken: { value: accessToken, enumerable: true },
    authorization: { value: `Bearer ${accessToken}`, enumerable: true },
  }) as CxoneTenant;
}
