/** What the page shows, as its address says it behind the `#`: so that a link leads to it, and nothing of it is sent anywhere. */

/** Those that the control API filters by, under its own names. */
export const SERVER_FILTERS = ['conversationId', 'contactId', 'script', 'outcome', 'code', 'control'] as const;
export type ServerFilter = (typeof SERVER_FILTERS)[number];

export type View = 'traces' | 'conversations' | 'conversation';

export interface Shown {
  readonly view: View;
  /** The trace that is open. */
  readonly trace: string | undefined;
  /** The conversation whose way is shown. */
  readonly conversation: string | undefined;
  readonly filters: Readonly<Partial<Record<ServerFilter, string>>>;
  /** What is searched for in the traces that are listed. */
  readonly text: string;
}

export const NOTHING_SHOWN: Shown = { view: 'traces', trace: undefined, conversation: undefined, filters: {}, text: '' };

const MEANT: Readonly<Partial<Record<ServerFilter, RegExp>>> = {
  outcome: /^(?:accepted|rejected|failed|running)$/,
  control: /^true$/,
};

/** Reads the part of an address behind the `#`; what makes no sense is left out. */
export function shownIn(fragment: string): Shown {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const get = (name: string): string | undefined => given.get(name) || undefined;
  const conversation = get('conversation');
  return {
    view: conversation !== undefined ? 'conversation' : get('view') === 'conversations' ? 'conversations' : 'traces',
    trace: get('trace'),
    conversation,
    filters: Object.fromEntries(
      SERVER_FILTERS.flatMap((name) => {
        const value = get(name);
        return value === undefined || MEANT[name]?.test(value) === false ? [] : [[name, value]];
      }),
    ),
    text: get('q') ?? '',
  };
}

/** With the `#`. */
export function fragmentOf({ view, trace, conversation, filters, text }: Shown): string {
  const parts = new URLSearchParams();
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') parts.set(name, value);
  };
  if (view === 'conversations') put('view', view);
  if (view === 'conversation') put('conversation', conversation);
  for (const name of SERVER_FILTERS) put(name, filters[name]);
  put('q', text);
  put('trace', trace);
  return `#${parts.toString()}`;
}

/** How many filters are set, the search among them. */
export function filterCount({ filters, text }: Shown): number {
  return Object.keys(filters).length + (text === '' ? 0 : 1);
}

/** The address of the control API of another tenant, seen from that of this page. */
export function tenantAddress(pathname: string, tenant: string): string {
  const own = pathname.replace(/(?:\/t\/[a-z0-9-]+)?\/_emulator\/.*$/, '');
  return `${own}${tenant === 'default' ? '' : `/t/${tenant}`}/_emulator/`;
}

/** The tenant of this page. */
export function tenantOf(pathname: string): string {
  return /\/t\/([a-z0-9-]+)\/_emulator\//.exec(pathname)?.[1] ?? 'default';
}

/** Where the tenant's platform is reached, without a slash at the end. */
export function platformUrl({ origin, pathname }: { readonly origin: string; readonly pathname: string }): string {
  return origin + pathname.replace(/\/_emulator\/.*$/, '');
}
