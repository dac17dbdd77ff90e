/** Keeps customer data out of traces: the values that the setting `redact` names by JSON Pointer. */
import { hideNamed, type Names, percentDecoded, REDACTED } from './redact-text.js';
import type { RestCall, Trace, TraceEntry } from './trace.js';

/** Texts that were found where a pointer leads: they are hidden wherever else the trace repeats them. */
export type Found = Set<string>;

export interface Redactor {
  /**
   * A body without the values that the pointers lead to, from its root or from further in; where it is no JSON, without what
   * stands under their last names.
   */
  body(text: string, found: Found): string;
  /** The trace without those values in parameters and headers, and without what was found in its bodies. */
  hide(trace: Trace, pathParameters: Readonly<Record<string, string>>, found: Found): Trace;
}

/** Shorter texts stand in other words by chance: they are looked for in quotes only. */
const SHORTEST = 3;
/** So many texts are looked for in the rest of a trace. */
const MOST_FOUND = 200;

/** undefined where there is nothing to hide. A step `*` leads to every member and item. */
export function createRedactor(pointers: readonly string[]): Redactor | undefined {
  if (pointers.length === 0) return undefined;
  const wanted = wantedBy(pointers.map(stepsOf));

  return {
    body: (text, found) => hideInText(text, wanted, found),
    hide(trace, pathParameters, found) {
      const { request } = trace;
      const inBodies = found.size > 0;
      const parameters = hiddenParameters(request.path, wanted);
      for (const [name, value] of Object.entries(pathParameters)) if (wanted.isParameter(name) && value !== '') found.add(value);
      for (const [name, value] of queryOf(request.path)) if (parameters(name)) note(value, found);
      for (const [name, value] of Object.entries(request.headers)) if (wanted.isHeader(name)) note(value, found);
      const path = hideSegments(hideParameters(named(request.path, wanted, found), parameters), found);
      const requestHeaders = hideHeaders(request.headers, wanted, found);
      const responseHeaders = hideHeaders(trace.response?.headers ?? {}, wanted, found);
      const entries = trace.entries
        .map((entry) =>
          inBodies && entry.code === 'BODY_NOT_JSON'
            ? withoutQuote(entry, found)
            : hideReceived(entry, wanted, parameters, found),
        )
        .map((entry) => hideStep(entry, wanted, found));
      // Only now is all that is looked for known.
      const plain = hiding(found);
      const plainId = (id: string | null): string | null => (id === null ? null : isCutOf(id, found) ? REDACTED : plain(id));
      const plainBody = (body: string | null): string | null => (body === null ? null : plain(body));
      const plainHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, found.has(value) ? REDACTED : plain(value)]));
      return {
        ...trace,
        request: {
          ...request,
          path: plain(path),
          headers: plainHeaders(requestHeaders),
          body: plainBody(request.body),
        },
        response:
          trace.response === null
            ? null
            : { ...trace.response, headers: plainHeaders(responseHeaders), body: plainBody(trace.response.body) },
        conversationId: plainId(trace.conversationId),
        contactId: plainId(trace.contactId),
        entries: entries.map((entry) => hideInEntry(entry, plain)),
      };
    },
  };
}

type Path = readonly string[];

/** What is looked for. */
interface Wanted {
  readonly paths: readonly Path[];
  /** The paths up to their last name: what is no JSON, and what an entry shows of a body, is hidden from there on. */
  readonly tops: readonly Path[];
  /** Whether a path has no name at all: what is no JSON is hidden whole then. */
  readonly all: boolean;
  readonly names: Omit<Names, 'onHidden'>;
  readonly isParameter: (name: string) => boolean;
  readonly isHeader: (name: string) => boolean;
}

function wantedBy(paths: readonly Path[]): Wanted {
  const tops = paths.map(upToItsLastName);
  const names = new Set(tops.flatMap((path) => path.at(-1)?.toLowerCase() ?? []));
  const isWhole = (name: string): boolean => names.has(name.toLowerCase());
  /** `metadata[phone]`, `metadata.phone[0]` and `x:phone` name a phone too. */
  const isName = (name: string): boolean => isWhole(name) || name.split(/[[\].:]+/).some(isWhole);
  const parameters = paths.filter((path) => path.length === 1).map(([name = '']) => name);
  const headers = new Set(parameters.map((name) => name.toLowerCase()));
  return {
    paths,
    tops,
    all: tops.some(({ length }) => length === 0),
    names: {
      suspect: suspectOf(leadsTo(paths, ['attributes', '*']) ? [...names, 'attribute'] : [...names]),
      isName,
      isWhole,
      isHidden: isName,
      // What a lookup calls an attribute is a member of `attributes` in bodies.
      isListed: (name) => isName(name) || leadsTo(paths, ['attributes', name]),
      hideNameless: (text) => text,
    },
    isParameter: (name) => parameters.some((wanted) => wanted === '*' || wanted === name),
    isHeader: (name) => headers.has(name.toLowerCase()),
  };
}

/** Without the steps at its end that are no names: `*` and places in lists. */
function upToItsLastName(path: Path): Path {
  return path.slice(0, path.findLastIndex((step) => !/^(?:\*|[0-9]*)$/.test(step)) + 1);
}

/** Escapes, a `%` and zero bytes may hide a name. */
function suspectOf(names: readonly string[]): RegExp {
  const literals = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[ +]'));
  return new RegExp([...literals, '\\\\u', '%[0-9a-f]{2}', '\\0'].join('|'), 'i');
}

/** Whether one of the paths leads to a place or above it, from the root or from further in. */
function leadsTo(paths: readonly Path[], steps: Path): boolean {
  return paths.some((path) =>
    steps.some((_, from) => path.every((step, at) => from + at < steps.length && (step === '*' || step === steps[from + at]))),
  );
}

/** A text of any form without what stands under the last names. */
function named(text: string, { names }: Wanted, found: Found): string {
  return hideNamed(text, {
    ...names,
    onHidden: (value) => {
      noteText(value, found);
    },
  });
}

/** Deeper bodies are taken as text: no operation takes them. */
const DEEPEST = 100;

function hideInText(text: string, wanted: Wanted, found: Found): string {
  const value = parsed(text);
  if (value !== undefined && depthWithin(value, DEEPEST)) {
    const hidden = hideAnywhere(value, wanted, found);
    return hidden === value && !hasDoubleKeys(text, value) ? text : JSON.stringify(hidden);
  }
  return wanted.all ? REDACTED : named(text, wanted, found);
}

/** What the first of two equal keys holds is not in the value. */
function hasDoubleKeys(text: string, value: unknown): boolean {
  let keys = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ':' && !quoted) keys += 1;
  }
  return keys > membersIn(value);
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return members.reduce((count: number, member) => count + membersIn(member), Array.isArray(value) ? 0 : members.length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function depthWithin(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return most > 0 && Object.values(value).every((member) => depthWithin(member, most - 1));
}

const LIKE_JSON = /^\s*[[{]/;

/** The paths are tried from every place in the value: the control API wraps bodies and conversations into others. */
function hideAnywhere(value: unknown, wanted: Wanted, found: Found): unknown {
  if (typeof value === 'string') return LIKE_JSON.test(value) ? hideInText(value, wanted, found) : named(value, wanted, found);
  const hidden = wanted.paths.reduce((rest, path) => hideAt(rest, path, found), value);
  if (Array.isArray(hidden)) {
    const items = hidden.map((item: unknown) => hideAnywhere(item, wanted, found));
    return items.some((item, index) => item !== hidden[index]) ? items : hidden;
  }
  if (typeof hidden !== 'object' || hidden === null) return hidden;
  const members = Object.entries(hidden).map(
    ([name, member]: [string, unknown]) => [name, member, hideAnywhere(member, wanted, found)] as const,
  );
  return members.some(([, before, after]) => before !== after)
    ? Object.fromEntries(members.map(([name, , after]) => [name, after]))
    : hidden;
}

/** Of a longer value, entries show its beginning: so many characters in a text, so many in the URL of a remedy. */
const LONGEST_SHOWN = 80;
const LONGEST_IN_A_URL = 64;

/** Hides what was found: as it stands, as JSON and URLs write it, and where only its beginning is shown. */
function hiding(found: Found): (text: string) => string {
  const forms = [...found].flatMap(formsOf);
  const longestFirst = [...new Map(forms).entries()].sort(([one], [other]) => other.length - one.length);
  return (text) => longestFirst.reduce((rest, [form, instead]) => rest.replaceAll(form, instead), text);
}

/** Each with what stands instead of it. */
function formsOf(text: string): [string, string][] {
  if (text.length < SHORTEST) return [[JSON.stringify(text), `"${REDACTED}"`]];
  return [text, text.slice(0, LONGEST_SHOWN), text.slice(0, LONGEST_IN_A_URL)]
    .flatMap((shown) => [shown, JSON.stringify(shown).slice(1, -1), encodeURIComponent(shown.toWellFormed())])
    .map((form) => [form, REDACTED]);
}

/** An id in a trace may be the beginning of a long one. */
function isCutOf(id: string, found: Found): boolean {
  return [...found].some((text) => text === id || (id.length > LONGEST_SHOWN && text.startsWith(id)));
}

function hideSegments(path: string, found: Found): string {
  const mark = path.indexOf('?');
  const [way, query] = mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark)];
  const segments = way.split('/').map((segment) => (found.has(decodedSegment(segment)) ? REDACTED : segment));
  return segments.join('/') + query;
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function note(text: string, found: Found): void {
  if (text !== '' && found.size < MOST_FOUND) found.add(text);
}

/** The same value where the path leads nowhere in it. */
function hideAt(value: unknown, [step, ...rest]: readonly string[], found: Found): unknown {
  if (step === undefined) {
    noteAll(value, found);
    return REDACTED;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) =>
      step === '*' || step === String(index) ? hideAt(item, rest, found) : item,
    );
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value === 'string') {
    const inner = LIKE_JSON.test(value) ? parsed(value) : undefined;
    const hidden = hideAt(inner, [step, ...rest], found);
    return hidden === inner ? value : JSON.stringify(hidden);
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
    const hidden = step === '*' || step === name ? hideAt(member, rest, found) : member;
    return { name, hidden, changed: hidden !== member };
  });
  return members.some(({ changed }) => changed) ? Object.fromEntries(members.map(({ name, hidden }) => [name, hidden])) : value;
}

function noteAll(value: unknown, found: Found): void {
  if (typeof value === 'string' || typeof value === 'number') note(String(value), found);
  else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) noteAll(member, found);
}

/** Of a longer value, only the texts in its beginning are looked for. */
const LONGEST_NOTED = 10_000;

/** A value as it stands in a text that is no JSON, and the texts in it. */
function noteText(raw: string, found: Found): void {
  if (found.size >= MOST_FOUND) return;
  const value = parsed(raw);
  if (typeof value === 'number') note(raw.trim(), found);
  else if (value !== undefined) noteAll(value, found);
  else for (const text of textsIn(raw.slice(0, LONGEST_NOTED))) note(text, found);
}

function textsIn(raw: string): string[] {
  const plain = raw.replace(/\\(["'])/g, '$1').trim();
  const quoted = [...plain.matchAll(/"([^"]*)"?|'([^']*)'?/g)]
    .filter(({ 0: whole, index }) => !/^\s{0,20}:/.test(plain.slice(index + whole.length, index + whole.length + 21)))
    .map(([, double, single]) => double ?? single ?? '');
  const bare = quoted.length > 0 ? quoted : [plain, ...plain.split(/<[^<>]*>|[,[\]{}\r\n]/)];
  return bare.flatMap((text) => [text.trim(), percentDecoded(text).trim()]);
}

function queryOf(path: string): URLSearchParams {
  return new URLSearchParams(path.includes('?') ? path.slice(path.indexOf('?') + 1) : '');
}

function hideParameters(path: string, isHidden: (name: string) => boolean): string {
  const mark = path.indexOf('?');
  if (mark === -1) return path;
  const fields = path
    .slice(mark + 1)
    .split('&')
    .map((field) => {
      const [[name = ''] = []] = new URLSearchParams(field);
      return isHidden(name) ? `${field.split('=', 1)[0] ?? ''}=${REDACTED}` : field;
    });
  return `${path.slice(0, mark)}?${fields.join('&')}`;
}

/** Of a lookup such as `?attribute=phone&value=…` the value too. */
function hiddenParameters(path: string, { isParameter, names }: Wanted): (name: string) => boolean {
  const looksUp = queryOf(path)
    .getAll('attribute')
    .some((name) => names.isListed(name));
  return (name) => isParameter(name) || (looksUp && name === 'value');
}

function hideHeaders(headers: Readonly<Record<string, string>>, wanted: Wanted, found: Found): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, wanted.isHeader(name) ? REDACTED : named(value, wanted, found)]),
  );
}

/** Such an entry quotes the body from the middle of what may be a value. */
function withoutQuote(entry: TraceEntry, found: Found): TraceEntry {
  found.add(entry.received ?? REDACTED);
  return { ...entry, received: REDACTED };
}

function hideReceived(entry: TraceEntry, wanted: Wanted, isHidden: (name: string) => boolean, found: Found): TraceEntry {
  if (entry.received === undefined) return entry;
  const steps = entry.pointer == null ? [] : stepsOf(entry.pointer);
  const [name = ''] = steps;
  const hidden =
    wanted.all ||
    leadsTo(wanted.tops, steps) ||
    (entry.in === 'query' && isHidden(name)) ||
    (entry.in === 'header' && wanted.isHeader(name));
  return { ...entry, received: hidden ? REDACTED : named(entry.received, wanted, found) };
}

/** What a script set and sent. A variable is hidden under the last name of a pointer, wherever its value came from. */
function hideStep(entry: TraceEntry, wanted: Wanted, found: Found): TraceEntry {
  const { variables, calls } = entry;
  return {
    ...entry,
    ...(variables === undefined ? {} : { variables: hideVariables(variables, wanted, found) }),
    ...(calls === undefined ? {} : { calls: calls.map((call) => hideCall(call, wanted, found)) }),
  };
}

function hideVariables(variables: object, wanted: Wanted, found: Found): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]: [string, unknown]) =>
      wanted.names.isName(name.replace(/^SP(?=[1-9]$)/, 'p')) || wanted.names.isName(name)
        ? [name, hideAt(value, [], found)]
        : [name, hideAnywhere(value, wanted, found)],
    ),
  );
}

function hideCall({ request, response, ...call }: RestCall, wanted: Wanted, found: Found): RestCall {
  const body = (text: string | null): string | null => (text === null ? null : hideInText(text, wanted, found));
  const parameters = hiddenParameters(request.url, wanted);
  for (const [name, value] of queryOf(request.url)) if (parameters(name)) note(value, found);
  return {
    ...call,
    request: {
      ...request,
      url: hideParameters(named(request.url, wanted, found), parameters),
      headers: hideHeaders(request.headers, wanted, found),
      body: body(request.body),
    },
    response: response && { ...response, headers: hideHeaders(response.headers, wanted, found), body: body(response.body) },
  };
}

function hideInEntry(entry: TraceEntry, plain: (text: string) => string): TraceEntry {
  return {
    ...entry,
    message: plain(entry.message),
    ...(entry.expected === undefined ? {} : { expected: plain(entry.expected) }),
    ...(entry.received === undefined ? {} : { received: plain(entry.received) }),
    ...(entry.remedy === undefined ? {} : { remedy: plain(entry.remedy) }),
    ...(entry.variables === undefined ? {} : { variables: throughout(entry.variables, plain) as Record<string, unknown> }),
    ...(entry.calls === undefined ? {} : { calls: throughout(entry.calls, plain) as RestCall[] }),
  };
}

/** Numbers are shown too, and hidden where one of them was found. */
function throughout(value: unknown, plain: (text: string) => string): unknown {
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'number') return plain(String(value)) === String(value) ? value : REDACTED;
  if (Array.isArray(value)) return value.map((item: unknown) => throughout(item, plain));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, throughout(member, plain)]));
}
