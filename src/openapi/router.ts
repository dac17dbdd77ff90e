/** Finds the operation for a method and a path, and what else there is where none fits. */
import findMyWay from 'find-my-way';
import { type Contract, type ContractOperation, pathWithin } from './contract.js';
import { distanceBetween } from '../shared/did-you-mean.js';

export interface Match {
  readonly operation: ContractOperation;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

export interface Matcher {
  match(method: string, path: string): Match | undefined;
  /** The methods that the path has, with HEAD and OPTIONS. Empty where it has none. */
  methodsAt(path: string): readonly string[];
  /**
   * The operation whose path stands at the end of this one, with what stands before it; or whose path ends with this one.
   * `whole`: the two have the same parts, and differ in capitals or in a part that must have a form.
   */
  within(
    method: string,
    path: string,
  ): { readonly operation: ContractOperation; readonly before: string; readonly whole: boolean } | undefined;
  /** The operation whose path is nearest to one that nothing has. `slip`: so near that it was meant. */
  nearest(method: string, path: string): { readonly operation: ContractOperation; readonly slip: boolean } | undefined;
}

/** An id may be as long as the request line allows. */
const LONGEST_PARAMETER = 16_384;

/** The router is built once for the contract and the webhooks of the scripts: openapi-backend's own rebuilds its list on every call. */
export function createMatcher(contract: Contract, webhooks: readonly ContractOperation[] = []): Matcher {
  const router = findMyWay({ maxParamLength: LONGEST_PARAMETER });
  const operations = [...contract.operations.values(), ...webhooks];
  for (const operation of operations) router.on(operation.method as 'GET', routeOf(operation), NO_HANDLER, operation);
  const spelledByAnyCase = contract.families.filter(({ anyCase }) => anyCase);
  /** The path as the contract spells it. */
  const spelled = (path: string): string => {
    for (const family of spelledByAnyCase) {
      const known = pathWithin(path, family);
      if (known !== undefined) return known;
    }
    return path;
  };
  const methods = [...new Set(operations.map(({ method }) => method))];
  const find = (method: string, path: string): Match | undefined => {
    const found = router.find(method as 'GET', spelled(path));
    if (found === null) return undefined;
    const operation = found.store as ContractOperation;
    // A slash at the end stands there by mistake, or an id behind it is empty, unless the contract has it.
    if (path.endsWith('/') && !operation.path.endsWith('/')) return undefined;
    return { operation, pathParameters: found.params as Record<string, string> };
  };
  return {
    match: (method, path) => find(method === 'HEAD' ? 'GET' : method, path),
    methodsAt(path) {
      const allowed = methods.filter((method) => find(method, path) !== undefined);
      if (allowed.length === 0) return [];
      return [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    },
    within(method, path) {
      if (path.length > LONGEST_COMPARED) return undefined;
      const fitting = operations.flatMap((operation) => {
        const before = prefixBefore(path, operation.path);
        if (before === undefined) return [];
        const whole = path.split('/').length === operation.path.split('/').length;
        return [{ operation, before, whole, wrongMethod: operation.method === method ? 0 : 1 }];
      });
      // The longest path says most: /api/v2/conversations ends many others.
      return fitting.sort(
        (one, other) => one.wrongMethod - other.wrongMethod || other.operation.path.length - one.operation.path.length,
      )[0];
    },
    nearest(method, path) {
      const control = path.startsWith('/_');
      if (path.length > LONGEST_COMPARED) return undefined;
      let nearest: { readonly operation: ContractOperation; readonly slip: boolean } | undefined;
      let least = Math.max(SLIP, path.length * 0.4);
      for (const operation of operations) {
        if (operation.path.startsWith('/_') !== control) continue;
        const apart = pathDistance(path, operation.path);
        const words = commonEnd(partsOf(path), partsOf(operation.path));
        const distance = apart - words * 3 + (operation.method === method ? 0 : 0.5);
        if (distance > least || (distance === least && nearest !== undefined)) continue;
        least = distance;
        nearest = { operation, slip: apart <= SLIP || words > 1 };
      }
      return nearest;
    },
  };
}

/** As find-my-way writes it: `/services/:version(^v[0-9]+$)/skills/:skillId`. */
function routeOf({ path, parameters }: ContractOperation): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return `:${name}${parameter?.['x-in-route'] === true ? `(${parameter.schema.pattern ?? '.*'})` : ''}`;
  });
}

function NO_HANDLER(): void {
  // find-my-way asks for a handler; the operation travels in the store.
}

/** Longer paths are near to nothing. */
const LONGEST_COMPARED = 400;

/** What stands before the template's path at the end of this one; empty where this one is the end of the template's path. */
function prefixBefore(path: string, template: string): string | undefined {
  const ours = path.split('/').slice(1);
  const theirs = template.split('/').slice(1);
  const same = Math.min(ours.length, theirs.length);
  const fits = Array.from({ length: same }, (_, back) => back + 1).every((back) => {
    const [our, their] = [ours.at(-back) ?? '', theirs.at(-back) ?? ''];
    return their.startsWith('{') ? our !== '' : our.toLowerCase() === their.toLowerCase();
  });
  if (!fits || (ours.length < theirs.length && same < 2)) return undefined;
  return ours.length > theirs.length ? `/${ours.slice(0, -same).join('/')}` : '';
}

/** What a slip of the pen costs at most. */
const SLIP = 3;

/** What it costs that one path has a part which the other lacks. */
const PART = 4;

/** How far a path is from a template, part by part, where a parameter fits any part. */
function pathDistance(path: string, template: string): number {
  const [ours, theirs] = [partsOf(path), partsOf(template)];
  let row = theirs.reduce<number[]>((costs, _, index) => [...costs, (index + 1) * PART], [0]);
  for (const [index, our] of ours.entries()) {
    const next = [(index + 1) * PART];
    theirs.forEach((their, place) => {
      const exchanged = (row[place] ?? 0) + (their.startsWith('{') ? 0.1 : distanceBetween(our, their));
      next.push(Math.min(exchanged, (row[place + 1] ?? 0) + PART, (next[place] ?? 0) + PART));
    });
    row = next;
  }
  return (row.at(-1) ?? 0) + (path.endsWith('/') ? 0.5 : 0);
}

function partsOf(path: string): string[] {
  return path.toLowerCase().split('/').filter(Boolean);
}

/** How many words of the template stand at the end of both: these bring them nearer. */
function commonEnd(ours: readonly string[], theirs: readonly string[]): number {
  let words = 0;
  for (let back = 1; back <= Math.min(ours.length, theirs.length); back += 1) {
    const [our, their] = [ours.at(-back) ?? '', theirs.at(-back) ?? ''];
    if (!their.startsWith('{') && our !== their) break;
    if (!their.startsWith('{')) words += 1;
  }
  return words;
}
