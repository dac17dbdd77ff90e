/** A request of a trace as a curl command that sends it again. */
import type { Trace } from '../trace/trace.js';

/** Whoever sends it again says these by itself, or they belong to the connection and not to the request. */
export const LEFT_OUT =
  /^(?:host|content-length|connection|accept-encoding|user-agent|transfer-encoding|expect|keep-alive|te|upgrade|content-encoding|origin|referer|cookie|sec-.*|x-forwarded-.*)$/;
/** Those that curl adds by itself unless it is told not to. */
const ADDED = ['accept', 'content-type'];

/** Whether the trace hides the name and secret of a client, with which a token is fetched, instead of a token. */
export function takesClient({ operationId, request }: Trace): boolean {
  return operationId === 'issueToken' && request.headers.authorization?.includes('[redacted]') === true;
}

/** `origin` is that of the emulator, without a slash at the end. undefined where the trace is of no request. */
export function curlOf(trace: Trace, origin: string): string | undefined {
  const { request } = trace;
  if (request.method === 'SCRIPT' || !request.path.startsWith('/')) return undefined;
  const { body } = request;
  const hasBody = body !== null;
  const parts = ['curl -i'];
  if (request.method === 'HEAD') parts.push('--head');
  else if (request.method !== (hasBody ? 'POST' : 'GET')) parts.push(`-X ${quoted(request.method)}`);
  // Brackets and dots mean something to curl, and are sent as they stand here.
  if (/[[\]{}]/.test(request.path)) parts.push('--globoff');
  if (/\/\.{1,2}(?:[/?]|$)/.test(request.path)) parts.push('--path-as-is');
  parts.push(quoted(origin + request.path));
  for (const [name, value] of Object.entries(request.headers))
    if (name === 'authorization' && takesClient(trace)) parts.push('-u "$CLIENT_ID:$CLIENT_SECRET"');
    else if (!LEFT_OUT.test(name)) parts.push(`-H ${headerOf(name, value)}`);
  for (const name of ADDED)
    if (!(name in request.headers) && (name !== 'content-type' || hasBody)) parts.push(`-H ${quoted(`${name}:`)}`);
  if (hasBody) parts.push(`--data-raw ${quoted(body)}`);
  const command = parts.join(' \\\n  ');
  const notes = [
    ...(request.bodyComplete ? [] : ['# The trace has only the beginning of the body.\n']),
    ...(body?.includes('\0') === true ? ['# No shell can hand on null characters: the body ends at the first.\n'] : []),
  ];
  return notes.join('') + command;
}

/** What a trace hides of a token, the one who sends it again must know. A name may hold what a shell would carry out. */
function headerOf(name: string, value: string): string {
  if (!value.includes('[redacted]')) return quoted(value === '' ? `${name};` : `${name}: ${value}`);
  return `${quoted(`${name}: `)}${name === 'authorization' ? '"Bearer $TOKEN"' : '"$SECRET"'}`;
}

/** What is no sign but steers: pasted into a terminal, some of it would count as a key that was pressed, and end the quotes. */
const STEERING = /[^\P{C}\n\t]/gu;

function quoted(text: string): string {
  if (text.search(STEERING) === -1) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replace(/[\\']/g, '\\$&').replace(STEERING, (sign) => {
    const number = sign.codePointAt(0) ?? 0;
    return number > 0xffff ? `\\U${number.toString(16).padStart(8, '0')}` : `\\u${number.toString(16).padStart(4, '0')}`;
  });
  return `$'${escaped}'`;
}
