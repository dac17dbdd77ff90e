/** Reads names and values as a query and form data write them. */

/** A name given twice gets a list of its values, which no schema here takes. */
export function readPairs(text: string): Record<string, unknown> {
  if (text === '') return {};
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (typeof before === 'string') values.set(name, [before, value]);
    else before.push(value);
  }
  return Object.fromEntries(values);
}
