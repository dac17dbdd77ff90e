/** Finds texts whose bytes were read in the wrong character set before they came: `MÃ¼ller`, or U+FFFD for what was lost. */

/** Stands for bytes that are no character. */
const LOST_CHARACTER = '\uFFFD';

/** What Windows-1252 has for 0x80 to 0x9F, where Latin-1 has control characters; Node decodes it as Latin-1 in some releases. */
const FROM_0X80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

const BYTES = new Map([
  ...Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte] as const),
  ...Array.from(FROM_0X80, (character, at) => [character, 0x80 + at] as const),
]);

/** UTF-8 begins a character beyond ASCII with 0xC2 to 0xF4, and goes on with 0x80 to 0xBF. */
const MISREAD = new RegExp(`[\\u00C2-\\u00F4][\\u0080-\\u00BF${FROM_0X80}]`);

/** As people write it, though its two bytes are a character in UTF-8: `Spaß…`, `NESTLÉ®`, `BEYONCÉ’S`. */
const AS_WRITTEN = /[ÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝß](?:[’–—]|[…“”™®°»](?!\p{L}))|[ÄÅ][…“”’™®°»–—](?!\p{L})/gu;

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Whether the text holds characters that were lost, or UTF-8 that was read as Latin-1 or Windows-1252. */
export function isGarbled(text: string): boolean {
  return text.includes(LOST_CHARACTER) || meantBy(text) !== undefined;
}

/** `Müller` for `MÃ¼ller`; undefined where nothing was misread, or where it cannot be read any more. */
export function meantBy(text: string): string | undefined {
  if (!MISREAD.test(text) || !MISREAD.test(text.replace(AS_WRITTEN, ' '))) return undefined;
  const bytes: number[] = [];
  for (const character of text) {
    const byte = BYTES.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  try {
    return UTF_8.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
