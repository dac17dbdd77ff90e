/** The settings that a scenario may ask for: those of the config file, but for what its tenant cannot have of its own. */
import type { ErrorObject } from 'ajv';
import type { FileFault } from '../shared/file-errors.js';
import { schemaFaults } from '../shared/schema-errors.js';
import { SETTING_NAMES, SETTINGS } from '../config/settings.js';
import type { YamlFile } from '../shared/yaml-file.js';

/** A scenario has these elsewhere. */
const IN_GIVEN = ['scripts', 'credentials', 'virtualAgents'];
/** With these scenarios would meet each other, or leave something behind. */
const OF_THE_EMULATOR = ['port', 'host', 'publicUrl', 'traceFile', 'traceFileSize', 'import', 'exportOnExit', 'logLevel'];

/** For the JSON Schema: by name, what it does, and its values where there are a few; all others are checked at the start. */
export const GIVEN_SETTINGS: Readonly<Record<string, object>> = Object.fromEntries(
  SETTING_NAMES.filter((name) => !IN_GIVEN.includes(name) && !OF_THE_EMULATOR.includes(name)).map((name) => {
    const { schema, help, expected } = SETTINGS[name];
    const values = 'enum' in schema ? { enum: schema.enum } : schema.type === 'boolean' ? { type: 'boolean' } : {};
    return [name, { ...values, description: `${help} (${expected})` }];
  }),
);

/** Why a setting that there is is none of a scenario; undefined of any other name. */
function faultOfSetting(name: string): string | undefined {
  if (IN_GIVEN.includes(name)) return `${name} is no setting: it stands in given.${name}`;
  return OF_THE_EMULATOR.includes(name) ? `${name} is no setting of a scenario` : undefined;
}

/** What the schema finds in a scenario; a setting that is none of a scenario is not merely unknown. */
export function schemaFaultsOf(errors: readonly ErrorObject[], file: YamlFile): FileFault[] {
  const others: ErrorObject[] = [];
  const faults = errors.flatMap((error) => {
    const name = (error.params as { additionalProperty?: string }).additionalProperty ?? '';
    const fault = error.instancePath === '/given/settings' ? faultOfSetting(name) : undefined;
    if (fault !== undefined) return [file.fault(['given', 'settings', name], fault)];
    others.push(error);
    return [];
  });
  return [...faults, ...schemaFaults(others, file)];
}
