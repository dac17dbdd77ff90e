/** Counts the messages that the pipeline is working on, so that closing can wait for their traces. */
export class UnderWay {
  #count = 0;
  #onNone: (() => void) | undefined;

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onNone?.();
  }

  /** Resolves when there is none, or after so many milliseconds. */
  async none(most: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      this.#onNone = resolve;
      setTimeout(resolve, most);
    });
  }
}
