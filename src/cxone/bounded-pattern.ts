/** A regular expression that a user wrote, which must not hold up everybody: some of them take for ever on some texts. */
import { type Context, createContext, Script } from 'node:vm';

/** In milliseconds: sound ones take thousandths of one, but a busy machine may not let them run for a while. */
const LONGEST = 500;

const FIND = new Script('pattern.exec(text)');

/** Made when the first pattern is looked for: it takes longer than most of them. */
let place: Context | undefined;

/** What the pattern finds in the text first; null where it finds nothing, `slow` where that could not be found out in time. */
export function found(pattern: RegExp, text: string): RegExpExecArray | null | 'slow' {
  place ??= createContext();
  Object.assign(place, { pattern, text });
  try {
    return FIND.runInContext(place, { timeout: LONGEST }) as RegExpExecArray | null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'slow';
    throw error;
  } finally {
    Object.assign(place, { text: '' });
  }
}

/** Whether the pattern fits the text; `slow` where that could not be found out in time. */
export function fits(pattern: RegExp, text: string): boolean | 'slow' {
  const match = found(pattern, text);
  return match === 'slow' ? match : match !== null;
}
