/** Finds the owners of a custom attribute by its name and value. */
import type { Attributes } from '../contact/contact.js';

export class AttributeIndex {
  readonly #owners = new Map<string, Map<string, Set<string>>>();

  /** The ids of those that have this value under this name. */
  owners(name: string, value: string): ReadonlySet<string> {
    return this.#owners.get(name)?.get(value) ?? NOBODY;
  }

  /** The names under which this value is stored, with the owners of each. */
  *namesOf(value: string): IterableIterator<readonly [name: string, owners: ReadonlySet<string>]> {
    for (const [name, values] of this.#owners) {
      const owners = values.get(value);
      if (owners !== undefined) yield [name, owners];
    }
  }

  /** The owner's attributes were `before` and are `after`. */
  move(ownerId: string, before: Attributes, after: Attributes): void {
    for (const [name, value] of Object.entries(before)) this.#remove(name, value, ownerId);
    for (const [name, value] of Object.entries(after)) this.#add(name, value, ownerId);
  }

  #add(name: string, value: string, ownerId: string): void {
    const values = this.#owners.get(name) ?? new Map<string, Set<string>>();
    const owners = values.get(value) ?? new Set<string>();
    this.#owners.set(name, values.set(value, owners.add(ownerId)));
  }

  #remove(name: string, value: string, ownerId: string): void {
    const values = this.#owners.get(name);
    const owners = values?.get(value);
    owners?.delete(ownerId);
    if (owners?.size === 0) values?.delete(value);
    if (values?.size === 0) this.#owners.delete(name);
  }
}

const NOBODY: ReadonlySet<string> = new Set();
