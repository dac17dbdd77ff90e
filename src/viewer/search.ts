/** Searches traces for words: in what the list shows of them, in their causes, and in their bodies. */
import type { Trace } from '../trace/trace.js';

/** Whether each word of the search stands somewhere in the trace; the case of letters does not matter. */
export function holds(trace: Trace, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const places = placesIn(trace).map((place) => place.toLowerCase());
  return words.every((word) => places.some((place) => place.includes(word)));
}

function placesIn({
  traceId,
  request,
  response,
  operationId,
  conversationId,
  contactId,
  script,
  outcome,
  entries,
}: Trace): string[] {
  return [
    traceId,
    `${request.method} ${request.path}`,
    operationId ?? '',
    conversationId ?? '',
    contactId ?? '',
    script ?? '',
    outcome,
    String(response?.status ?? ''),
    request.body ?? '',
    response?.body ?? '',
    ...entries.flatMap(({ code, message, action }) => [code ?? '', message, action ?? '']),
  ];
}
