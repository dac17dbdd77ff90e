/** What a step expects: what its recorded answer says and a fresh emulator will say again. */
import { redactText } from '../trace/redact.js';
import { sentBy } from './references.js';
import { jsonOf, type Recorded } from './recorded.js';
import type { Wording } from './placeholders.js';

type Row = Record<string, unknown>;

/** Headers that carry meaning of their own. */
const TELLING_HEADERS = ['allow', 'www-authenticate', 'location', 'retry-after', 'icstatusdescription'];

/** They depend on how long something took, and on what else the emulator holds. */
const PASSING_WARNINGS = ['CLIENT_DISCONNECTED', 'STATE_DROPPED'];

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const GENERATED = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{6,}|[\w-]+\.[\w-]+\.[\w-]{20,})$/i;
/** The same in the midst of a text, and the id of a trace, which scripts answer with, too. */
const GENERATED_WITHIN =
  /\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}Z?|[0-9a-f]{8}-[0-9]+|[0-9]{9,})\b/gi;
/** Its ids have whatever form the tenant gives them. */
const CONVERSATION = 'conversationId';
const LONGEST_TEXT = 200;
/** From here on a number is a time, or an id. */
const LARGEST_NUMBER = 1_000_000;
const OF_TIME = /(?:time|seconds|duration|age|elapsed|latency|wait)$/i;

/** `literals` are the values that callers brought up to here; those of this request are added. */
export function expectationOf(one: Recorded, wording: Wording, literals: Set<string>): Row {
  for (const value of sentBy(one)) literals.add(value);
  const { status, headers, cause, warnings } = one.answer;
  const expect: Row = { status };
  const telling = Object.fromEntries(
    TELLING_HEADERS.flatMap((name) =>
      headers[name] === undefined ? [] : [[name, textOf(headers[name], name, wording, literals)]],
    ),
  );
  if (Object.keys(telling).length > 0) expect.headers = telling;
  if (cause !== undefined && status >= 400)
    expect.cause =
      cause.pointer === null || cause.pointer === ''
        ? cause.code
        : { code: cause.code, pointer: wording.template(cause.pointer) };
  else if (warnings !== undefined && !warnings.some((code) => PASSING_WARNINGS.includes(code)))
    expect.warnings = warnings.length === 0 ? 'none' : [...new Set(warnings)];
  const body = jsonOf(one.answer);
  if (one.method !== 'HEAD' && body !== undefined) expect.body = patternOf(withoutCause(body, status), '', wording, literals);
  return expect;
}

/** The cause is expected as such; in a body it tells of values that differ from run to run. */
function withoutCause(body: unknown, status: number): unknown {
  if (status < 400 || typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'cause'));
}

function patternOf(value: unknown, name: string, wording: Wording, literals: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return textOf(value, name, wording, literals);
  if (typeof value === 'number') {
    if (wording.knows(String(value))) return wording.value(value, name);
    if (wording.secrets.isName(name) && wording.secrets.holdsNumber(name, value)) return { $type: 'number' };
    return Math.abs(value) >= LARGEST_NUMBER && !literals.has(String(value))
      ? { $type: 'number' }
      : OF_TIME.test(name)
        ? { $type: 'number' }
        : value;
  }
  if (Array.isArray(value)) return value.map((item) => patternOf(item, name, wording, literals));
  if (typeof value !== 'object' || value === null) return value;
  if (wording.secrets.isName(name) || Object.keys(value).some((key) => /^\$[A-Za-z]+$/.test(key))) return { $type: 'object' };
  return Object.fromEntries(
    wording.labelled(value).map(([key, called, member]) => [key, patternOf(member, called, wording, literals)]),
  );
}

function textOf(text: string, name: string, wording: Wording, literals: ReadonlySet<string>): unknown {
  if (wording.knows(text)) return wording.template(text, name);
  const anyText = { $type: 'string' };
  if (wording.secrets.holds(name, text)) return anyText;
  if (!literals.has(text)) {
    if (TIME.test(text)) return { $matches: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' };
    if (name === CONVERSATION || GENERATED.test(text) || text.length > LONGEST_TEXT) return anyText;
    const generated = text.match(GENERATED_WITHIN) ?? [];
    if (generated.some((part) => !literals.has(part) && !wording.knows(part))) return anyText;
  }
  if (/^\$[A-Za-z]+$/.test(text)) return { $exactly: text };
  // A secret in the midst of a text that no request brought is another one next time.
  return redactText(text) !== text && !literals.has(text) ? anyText : wording.template(text, name);
}
