/** Finds the owners of a custom attribute by its name and value. */
import type { Attributes } from '../model/contact.js';

export class AttributeIndex {
  /** By value, then by name: a lookup by value alone must not walk through all names that anybody ever used. */
  readonly #owners = new Map<string, Map<string, Set<string>>>();

  /** The ids of those that have this value under this name. */
  owners(name: string, value: string): ReadonlySet<string> {
    return this.#owners.get(value)?.get(name) ?? NOBODY;
  }

  /** The names under which this value is stored, with the owners of each. */
  namesOf(value: string): Iterable<readonly [name: string, owners: ReadonlySet<string>]> {
    return this.#owners.get(value) ?? [];
  }

  /** The owner's attributes were `before` and are `after`. */
  move(ownerId: string, before: Attributes, after: Attributes): void {
    for (const [name, value] of Object.entries(before)) this.#remove(name, value, ownerId);
    for (const [name, value] of Object.entries(after)) this.#add(name, value, ownerId);
  }

  #add(name: string, value: string, ownerId: string): void {
    const names = this.#owners.get(value) ?? new Map<string, Set<string>>();
    const owners = names.get(name) ?? new Set<string>();
    this.#owners.set(value, names.set(name, owners.add(ownerId)));
  }

  #remove(name: string, value: string, ownerId: string): void {
    const names = this.#owners.get(value);
    const owners = names?.get(name);
    owners?.delete(ownerId);
    if (owners?.size === 0) names?.delete(name);
    if (names?.size === 0) this.#owners.delete(value);
  }
}

const NOBODY: ReadonlySet<string> = new Set();
