/** Keeps customer data out of traces: the values that the setting `redact` names by JSON Pointer. */
import { REDACTED } from './redact.js';
import type { Trace, TraceEntry } from './trace.js';

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

/** Shorter texts stand in other words by chance. */
const SHORTEST = 3;
/** So many texts are looked for in the rest of a trace. */
const MOST_FOUND = 200;

/** undefined where there is nothing to hide. A step `*` leads to every member and item. */
export function createRedactor(pointers: readonly string[]): Redactor | undefined {
  if (pointers.length === 0) return undefined;
  const paths = pointers.map(stepsOf);
  const names = [...new Set(paths.map((path) => path.at(-1) ?? ''))].filter((name) => name !== '*' && name !== '');
  const parameters = paths.filter((path) => path.length === 1).map(([name = '']) => name);
  const named = names.map(assignmentOf);

  return {
    body: (text, found) => hideInText(text, { paths, named }, found),
    hide(trace, pathParameters, found) {
      const { request } = trace;
      const isHidden = (name: string): boolean => parameters.some((wanted) => wanted === '*' || wanted === name);
      for (const [name, value] of Object.entries(pathParameters)) if (isHidden(name)) note(value, found);
      for (const [name, value] of queryOf(request.path)) if (isHidden(name)) note(value, found);
      for (const [name, value] of Object.entries(request.headers)) if (parameters.includes(name)) note(value, found);
      const plain = hiding(found);
      const plainId = (id: string | null): string | null => (id === null ? null : isCutOf(id, found) ? REDACTED : plain(id));
      const plainBody = (body: string | null): string | null => (body === null ? null : plain(body));
      const plainHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, found.has(value) ? REDACTED : plain(value)]));
      return {
        ...trace,
        request: {
          ...request,
          path: plain(hideSegments(hideParameters(request.path, isHidden), found)),
          headers: plainHeaders(request.headers),
          body: plainBody(request.body),
        },
        response:
          trace.response === null
            ? null
            : { ...trace.response, headers: plainHeaders(trace.response.headers), body: plainBody(trace.response.body) },
        conversationId: plainId(trace.conversationId),
        contactId: plainId(trace.contactId),
        entries: trace.entries.map((entry) => hideInEntry(entry, paths, plain)),
      };
    },
  };
}

/** What is looked for in bodies. */
interface Wanted {
  readonly paths: readonly (readonly string[])[];
  /** Assignments to the last names of the paths. */
  readonly named: readonly RegExp[];
}

/** Deeper bodies are taken as text: no operation takes them. */
const DEEPEST = 100;

function hideInText(text: string, wanted: Wanted, found: Found): string {
  const value = parsed(text);
  if (value !== undefined && depthWithin(value, DEEPEST)) {
    const hidden = hideAnywhere(value, wanted, found);
    return hidden === value ? text : JSON.stringify(hidden);
  }
  // UTF-16 that was read as UTF-8 has a zero byte beside every letter, and broken JSON may write letters as escapes.
  const plain = text
    .replaceAll('\0', '')
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const hidden = wanted.named.reduce((rest, pattern) => hideAssignments(rest, pattern, found), plain);
  return hidden === plain ? text : hidden;
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

/** The paths are tried from every place in the value: the control API wraps bodies and conversations into others. */
function hideAnywhere(value: unknown, wanted: Wanted, found: Found): unknown {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? hideInText(value, wanted, found) : value;
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
  const forms = [...found]
    .filter((text) => text.length >= SHORTEST)
    .flatMap((text) => [text, text.slice(0, LONGEST_SHOWN), text.slice(0, LONGEST_IN_A_URL)])
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())]);
  const longestFirst = [...new Set(forms)].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((rest, hidden) => rest.replaceAll(hidden, REDACTED), text);
}

/** An id in a trace may be the beginning of a long one. */
function isCutOf(id: string, found: Found): boolean {
  return [...found].some((text) => text === id || (id.length > LONGEST_SHOWN && text.startsWith(id)));
}

function hideSegments(path: string, found: Found): string {
  const mark = path.indexOf('?');
  const [way, query] = mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark)];
  const segments = way.split('/').map((segment) => (found.has(percentDecoded(segment)) ? REDACTED : segment));
  return segments.join('/') + query;
}

function percentDecoded(segment: string): string {
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
  if (found.size < MOST_FOUND) found.add(text);
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
    const inner = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
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

/** `"name": value`, `name=value`, `outer[name]=value`: for bodies that are no JSON. */
function assignmentOf(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `((?:^|[\\s"'{,&?[]|%5B)${literal}(?:["'\\]]|%5D){0,4}\\s{0,20}[:=]\\s{0,20})("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^,&\\s}\\]]+)`,
    'gi',
  );
}

function hideAssignments(text: string, pattern: RegExp, found: Found): string {
  return text.replace(pattern, (_, head: string, value: string) => {
    const bare = value.replace(/^["']|["']$/g, '');
    note(bare, found);
    const [[decoded = ''] = []] = new URLSearchParams(bare.replaceAll('&', '%26').replaceAll('=', '%3D'));
    if (decoded !== bare) note(decoded, found);
    return head + REDACTED;
  });
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

function hideInEntry(entry: TraceEntry, paths: readonly string[][], plain: (text: string) => string): TraceEntry {
  const steps = entry.pointer == null ? [] : stepsOf(entry.pointer);
  const within = paths.some((path) =>
    steps.some((_, from) => path.every((step, at) => from + at < steps.length && (step === '*' || step === steps[from + at]))),
  );
  return {
    ...entry,
    message: plain(entry.message),
    ...(entry.expected === undefined ? {} : { expected: plain(entry.expected) }),
    ...(entry.received === undefined ? {} : { received: within ? REDACTED : plain(entry.received) }),
    ...(entry.remedy === undefined ? {} : { remedy: plain(entry.remedy) }),
  };
}
