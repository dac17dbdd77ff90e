/** What the ACD families share: how they write ids, media types and lists on the wire. */
import type { Call } from './handler.js';

/** The ACD writes contact ids as numbers (client). JSON numbers are exact up to 2^53-1 only, so a longer one stays text. */
export function wireId(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

export interface MediaType {
  readonly mediaTypeId: number;
  readonly mediaTypeName: string;
}

const CHAT: MediaType = { mediaTypeId: 3, mediaTypeName: 'Chat' };
const CALL: MediaType = { mediaTypeId: 4, mediaTypeName: 'Call' };
const WORK_ITEM: MediaType = { mediaTypeId: 6, mediaTypeName: 'WorkItem' };
const DIGITAL: MediaType = { mediaTypeId: 9, mediaTypeName: 'Digital' };

/** The channel of a contact that a script opened. */
export const SCRIPT_CHANNEL = 'script';

export function mediaTypeOf(channel: string): MediaType {
  if (channel === 'webchat' || channel === 'chat') return CHAT;
  if (channel === 'voice' || channel === 'phone') return CALL;
  return channel === SCRIPT_CHANNEL ? WORK_ITEM : DIGITAL;
}

/** So many items are listed where the caller says nothing else. */
const MOST_ITEMS = 1000;

/** The part of a list that `skip` and `top` ask for, each item as the wire has it, with the `fields` that were asked for. */
export function partOf<T>(call: Call, items: readonly T[], wire: (item: T) => object): readonly object[] {
  const { skip = 0, top = MOST_ITEMS } = call.query as { skip?: number; top?: number };
  return items.slice(skip, skip + top).map((item) => withFields(call, wire(item)));
}

export function withFields(call: Call, item: object): object {
  const { fields } = call.query as { fields?: string };
  if (fields === undefined || fields.trim() === '') return item;
  const wanted = new Set(fields.split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name.toLowerCase())));
}
