/** JSON Pointers (RFC 6901), which say where in a value something stands. */

/** One step, as it is written in a pointer. */
export function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
