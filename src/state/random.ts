/** The chance that ids are made of: from a seed, or fresh each time. */
import { createHash, randomBytes } from 'node:crypto';

/** 32 bytes for the nth draw of a stream; the same seed, stream and n give the same bytes. */
export type RandomSource = (stream: string, n: number) => Buffer;

/** Without a seed no two sources agree. */
export function randomSource(seed: string | undefined): RandomSource {
  const key = seed ?? randomBytes(16).toString('hex');
  return (stream, n) =>
    createHash('sha256')
      .update(JSON.stringify([key, stream, n]))
      .digest();
}
