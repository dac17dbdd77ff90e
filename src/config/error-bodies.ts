/** Checks the error bodies of the config file: that there is such a family, and that it answers such a status. */
import { type ConfigFault, ConfigFaults, type LoadedConfig } from './load-config.js';
import type { Contract } from '../openapi/contract.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { oneOf, show } from '../shared/format.js';

/** Throws ConfigFaults that list all that is wrong with them. */
export function requireErrorBodies(config: LoadedConfig, { families }: Contract): void {
  const faults: ConfigFault[] = [];
  const names = families.map(({ name }) => name);
  for (const [name, bodies] of Object.entries(config.settings.errors)) {
    const family = families.find((one) => one.name === name);
    if (family === undefined) {
      const near = nearMiss(name, names);
      const known = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
      faults.push(config.fault(['errors', name], `errors.${name} is no family of operations; ${known}`));
      continue;
    }
    const statuses = [...family.errors.keys()].map(String);
    for (const status of Object.keys(bodies)) {
      if (statuses.includes(status)) continue;
      faults.push(
        config.fault(
          ['errors', name, status],
          `errors.${name}.${show(status)} is never answered there; ${oneOf(statuses)} may be`,
        ),
      );
    }
  }
  if (faults.length > 0) throw new ConfigFaults(faults);
}
