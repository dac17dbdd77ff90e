/** Names what a step takes out of its answer for later ones. */

/** Captures are named after the members that they come from. */
export class CaptureNames {
  readonly #taken = new Set<string>();

  get all(): readonly string[] {
    return [...this.#taken];
  }

  next(steps: readonly (string | number)[]): string {
    const member = steps.findLast((step) => typeof step === 'string') ?? 'value';
    const plain = member
      .replace(/[^A-Za-z0-9_]/g, '_')
      .replace(/^(?![A-Za-z_])/, '_')
      .slice(0, 50);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? plain : `${plain}_${String(number)}`;
      if (this.#taken.has(name) || name === '__proto__') continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** A member on the way to a value, as an expression reads it: `[0]`, `.name`, `["other name"]`. */
export function asAccess(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
