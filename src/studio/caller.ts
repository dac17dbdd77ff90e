/** Who waits for the answer of a webhook's script: it gets one, whatever else the script does. */
import type { ScriptReply } from '../cxone/studio.js';

export class Caller {
  #answer: { resolve(reply: ScriptReply): void; reject(problem: unknown): void } | undefined;
  #answered = false;

  /** Rejects with a Rejection where the script breaks off before. */
  answered(): Promise<ScriptReply> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }

  get waits(): boolean {
    return this.#answer !== undefined && !this.#answered;
  }

  /** Whether somebody waited for it. */
  reply(reply: ScriptReply): boolean {
    if (!this.waits) return false;
    this.#answered = true;
    this.#answer?.resolve(reply);
    return true;
  }

  refuse(problem: unknown): void {
    this.#answer?.reject(problem);
  }
}
