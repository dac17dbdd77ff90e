/** The virtual agents of the config file, ready to be asked: with what the environment gives, and a line to each. */
import { ConfigFaults, type LoadedConfig } from './config.js';
import { kindOf, show } from './shown.js';
import type { ConnectedAgent } from './studio/bots/bots.js';
import type { VirtualAgent } from './studio/bots/virtual-agent.js';
import { hostRules } from './studio/rest/hosts.js';
import { type OutsideCaller, outsideCaller } from './studio/rest/outside-call.js';

export interface ReadyAgents {
  readonly agents: readonly VirtualAgent[];
  /** What stood in the environment, by variable: no trace shows it. */
  readonly secrets: readonly (readonly [name: string, value: string])[];
}

const FROM_ENVIRONMENT = /\{\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** Fills in `{{ env.NAME }}` in url, headers and botConfig. Throws ConfigFaults where the environment has no such variable. */
export function readyAgents(config: LoadedConfig, environment: NodeJS.ProcessEnv = process.env): ReadyAgents {
  const secrets = new Map<string, string>();
  const faults: ConfigFaults['faults'][number][] = [];
  const filled = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value === 'string')
      return value.replace(FROM_ENVIRONMENT, (_, name: string) => {
        const found = environment[name];
        if (found === undefined) {
          const message = `${['virtualAgents', ...path].join('.')} needs the environment variable ${name}, which is not set`;
          faults.push(config.fault(['virtualAgents', ...path], message));
        } else secrets.set(name, found);
        return found ?? '';
      });
    if (Array.isArray(value)) return value.map((item, index) => filled(item, [...path, index]));
    if (kindOf(value) !== 'an object') return value;
    return Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, filled(member, [...path, name])]));
  };
  const agents = config.settings.virtualAgents.map((agent, index) => {
    const ready = filled(agent, [index]) as VirtualAgent;
    if (ready.url !== undefined && !/^https?:\/\//.test(ready.url) && faults.length === 0)
      faults.push(
        config.fault(
          ['virtualAgents', index, 'url'],
          `virtualAgents.${String(index)}.url must begin with http:// or https://, not ${show(ready.url)}`,
        ),
      );
    return ready;
  });
  if (faults.length > 0) throw new ConfigFaults(faults);
  return { agents, secrets: [...secrets] };
}

/** A line to each. `instead` is asked in place of those that are reached by an address, where nobody outside is to be called. */
export function connect(agents: readonly VirtualAgent[], instead: OutsideCaller | undefined): ConnectedAgent[] {
  return agents.flatMap((agent) => {
    if (agent.url === undefined) return [];
    const url = new URL(agent.url);
    // Who names an address in the config file wants it called: it needs no entry among scriptHosts.
    const call = instead ?? outsideCaller(hostRules([url.host]));
    return [{ agent, send: (request) => call({ ...request, url }) }];
  });
}
