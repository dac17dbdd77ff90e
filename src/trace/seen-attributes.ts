/** The custom attributes that a script had at hand, with every value that they had meanwhile. */
import { isSecretName } from './redact.js';
import { isHideable } from './secrets.js';

type Attributes = Readonly<Record<string, string>>;

/** The one not at hand for longest is forgotten first. */
const MOST = 2000;

export class KnownAttributes {
  readonly #all = new Map<string, readonly [name: string, value: string]>();
  #latest: Attributes | undefined;

  add(attributes: Attributes): void {
    if (attributes === this.#latest) return;
    this.#latest = attributes;
    for (const pair of Object.entries(attributes)) {
      const key = pair.join('\0');
      this.#all.delete(key);
      this.#all.set(key, pair);
      if (this.#all.size > MOST) this.#all.delete(this.#all.keys().next().value ?? key);
    }
  }

  /** As bodies of the emulator have them, each by itself, in JSON. */
  get asBody(): string {
    return JSON.stringify([...this.#all.values()].map(([name, value]) => ({ attributes: { [name]: value } })));
  }

  /** The values whose names say that they are secrets. */
  get secrets(): string[] {
    return [...this.#all.values()]
      .filter(([name, value]) => isSecretName(name) && isHideable(name, value))
      .map(([, value]) => value);
  }
}
