/** An emulator that runs already: whether one answers at an address, and whether scenarios can do with what it has. */
import { FileFaults } from '../shared/file-errors.js';
import { listed, show } from '../shared/format.js';
import { Client, Obstacle, refusalOf } from './client.js';
import type { Scenario } from './scenario.js';

/** The address without a slash at the end. Throws an Obstacle where no emulator answers there. */
export async function reachable(target: string, signal: AbortSignal): Promise<string> {
  const url = target.replace(/\/+$/, '');
  if (!/^https?:\/\/[^/?#]+(?:\/[^?#]*)?$/.test(url) || !URL.canParse(url))
    throw new Obstacle(`The target must be an address such as http://localhost:8400, not ${show(target)}.`);
  if (/\/t\/[^/]*$/.test(url))
    throw new Obstacle(`The target ${show(target)} is a tenant, and each scenario gets one of its own.`, 'Leave /t/… out.');
  const client = new Client(url, signal);
  try {
    const answer = await client.send({ method: 'GET', target: '/_emulator/health', headers: { accept: 'application/json' } });
    if (answer.status === 200 && (answer.body as { status?: unknown } | undefined)?.status === 'ok') return url;
    if (answer.headers['x-emulator-cause'] !== undefined) throw refusalOf(answer, `GET ${url}/_emulator/health`);
    throw new Obstacle(`What listens at ${url} is no emulator: it answered ${String(answer.status)}.`);
  } finally {
    client.close();
  }
}

/** A running emulator cannot be given settings, and nobody can ask for those it has. `unless` is how to say that it has them. */
export function requireNoSettings(scenarios: readonly Scenario[], unless: string): void {
  const faults = scenarios.flatMap(({ given, at }) => {
    const names = Object.keys(given.settings);
    const [first] = names;
    if (first === undefined) return [];
    const place = first === 'scripts' || first === 'credentials' ? ['given', first] : ['given', 'settings', first];
    return [
      at(
        place,
        `this needs an emulator that was started with ${listed(names)}, and a target cannot be given ${names.length === 1 ? 'it' : 'them'}: start that one so and say ${unless}, or leave the target out`,
      ),
    ];
  });
  if (faults.length > 0) throw new FileFaults(faults);
}
