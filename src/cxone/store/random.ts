/** The chance that ids are made of. */
import { createHash } from 'node:crypto';

/** 32 bytes for the nth draw of a stream; the same seed, stream and n give the same bytes. */
export type RandomSource = (stream: string, n: number) => Buffer;

export function randomSource(seed: string): RandomSource {
  return (stream, n) =>
    createHash('sha256')
      .update(JSON.stringify([seed, stream, n]))
      .digest();
}
