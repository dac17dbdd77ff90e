/** The kinds of settings that there are several of: sizes, counts, addresses, names of hosts and origins. */

export interface SettingDescription {
  readonly schema: Readonly<Record<string, unknown>>;
  /** `size`: a number of bytes, also as a text such as `512kb`. `list`: in flags and the environment set off by commas. */
  readonly kind?: 'size' | 'list';
  /** The largest size, in bytes. */
  readonly most?: number;
  /** Whether it holds until the emulator is started again, whatever the config file says meanwhile. */
  readonly atStart?: true;
  /** In words, for `expected`. */
  readonly expected: string;
  readonly default: unknown;
  readonly help: string;
  /** What the flag's value is called; none for a flag that is given or not. Settings without a flag stand in the file only. */
  readonly flag?: { readonly name: string; readonly value?: string };
}

export const HTTP_ADDRESS = '^https?://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?(?:/[^?#\\s]*)?$';
export const HOST_NAME = '^(?:\\.?[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*|\\[[0-9A-Fa-f:.]+\\])$';
export const ORIGIN = '^(?:\\*|null|[a-z][a-z0-9+.-]*://[^/?#\\s,]+)$';

type SizeDescription = Pick<SettingDescription, 'schema' | 'expected' | 'kind' | 'default' | 'most'>;

/** A number of bytes. */
export function size(fallback: string, most = LARGEST_SIZE): SizeDescription {
  return {
    schema: {
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: '^[1-9][0-9]{0,8}(?:b|kb|mb|gb)?$' },
      ],
    },
    expected: 'a size such as 1048576, 512kb or 1mb',
    kind: 'size',
    default: fallback,
    most,
  };
}

/** In bytes. */
const LARGEST_SIZE = 64 * 1024 ** 3;
/** In bytes: with what its text and its value take, this much still fits into Node's memory. */
export const LARGEST_BODY = 256 * 1024 ** 2;

/** A number from 1 on. */
export function count(fallback: number, most: number): Pick<SettingDescription, 'schema' | 'expected' | 'default'> {
  return {
    schema: { type: 'integer', minimum: 1, maximum: most },
    expected: `a number from 1 to ${String(most)}`,
    default: fallback,
  };
}
