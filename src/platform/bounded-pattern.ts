/** A regular expression of the config file, which must not hold up everybody: some of them take for ever on some texts. */
import { createContext, Script } from 'node:vm';

/** In milliseconds: sound ones take thousandths of one, but a busy machine may not let them run for a while. */
const LONGEST = 500;

const TEST = new Script('pattern.test(text)');

/** Whether the pattern fits the text; `slow` where that could not be found out in time. */
export function fits(pattern: RegExp, text: string): boolean | 'slow' {
  try {
    return TEST.runInContext(createContext({ pattern, text }), { timeout: LONGEST }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'slow';
    throw error;
  }
}
