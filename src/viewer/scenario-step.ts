/** A request of a trace, and what became of it, as a step of a scenario file. */
import { causeOf, type Trace, warningsOf } from '../trace/trace.js';
import { LEFT_OUT, takesClient } from './curl.js';
import { laidOut } from './json-text.js';

/** YAML, to be put under `steps:`. undefined where the trace is of no request. */
export function scenarioStepOf(trace: Trace): string | undefined {
  const { request, response } = trace;
  if (request.method === 'SCRIPT' || !request.path.startsWith('/')) return undefined;
  const cause = causeOf(trace);
  // The runner sends a token of its own instead of one that the trace hides.
  const sent = warningsOf(trace).filter(
    ({ in: place, pointer }) => place !== 'header' || !LEFT_OUT.test(pointer?.slice(1) ?? ''),
  );
  const warnings = [...new Set(sent.flatMap(({ code }) => code ?? []))].filter(
    (code) => code !== 'TOKEN_NOT_CHECKED' || request.headers.authorization?.includes('[redacted]') !== true,
  );
  const path = request.path.replace(/^\/t\/[^/?]+(?=\/)/, '');
  const became = cause?.code != null ? `is refused: ${cause.code}` : response === null ? 'gets no answer' : 'is accepted';
  const body = bodyOf(request);
  return [
    ...(request.bodyComplete ? [] : ['# The trace has only the beginning of the body.']),
    `- name: ${text(`${request.method} ${path.split('?', 1)[0] ?? ''} ${became}`.slice(0, 300))}`,
    '  request:',
    `    method: ${text(request.method)}`,
    // The runner tells paths from addresses by their slash before it reads the template.
    `    path: ${LIKE_A_TEMPLATE.test(path) ? text(`/${shielded(path.slice(1))}`) : text(path)}`,
    ...headersOf(request.headers, body.startsWith('body:'), takesClient(trace) ? CLIENT : `'Bearer {{ token }}'`),
    ...(body === '' ? [] : [`    ${body}`]),
    '  expect:',
    ...(response === null ? [] : [`    status: ${String(response.status)}`]),
    cause?.code == null
      ? `    cause: none`
      : `    cause: { code: ${cause.code}${cause.pointer == null ? '' : `, pointer: ${template(cause.pointer)}`} }`,
    ...(warnings.length === 0 ? [] : [`    warnings: [${warnings.join(', ')}]`]),
    '',
  ].join('\n');
}

/** Who runs the scenario knows them. */
const CLIENT = `'Basic {{ env.CLIENT_ID | append: ":" | append: env.CLIENT_SECRET | base64_encode }}'`;

function headersOf(headers: Trace['request']['headers'], sentAsJson: boolean, authorization: string): string[] {
  const given = Object.entries(headers).flatMap(([name, value]) => {
    if (LEFT_OUT.test(name) || (sentAsJson && name === 'content-type' && value === 'application/json')) return [];
    if (!value.includes('[redacted]')) return [`      ${text(name)}: ${template(value)}`];
    return [`      ${text(name)}: ${name === 'authorization' ? authorization : `'{{ env.SECRET }}'`}`];
  });
  const away = 'accept' in headers ? [] : ['      accept: null'];
  const lines = [...given, ...away, ...(sentAsJson && !('content-type' in headers) ? ['      content-type: null'] : [])];
  return lines.length === 0 ? [] : ['    headers:', ...lines];
}

/** As JSON, where sending that sends the same; else as the text that came. */
function bodyOf({ body, headers, bodyComplete }: Trace['request']): string {
  if (body === null) return '';
  const same = bodyComplete && 'content-type' in headers && laidOut(body) === laidOut(again(body)) && laidOut(body) !== undefined;
  return same ? `body: ${inSight(inTemplate(JSON.stringify(JSON.parse(body))))}` : `bodyText: ${template(body)}`;
}

function again(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return '';
  }
}

/** What looks like a template is data here. */
const LIKE_A_TEMPLATE = /\{\{|\{%/;

function shielded(value: string): string {
  if (!LIKE_A_TEMPLATE.test(value)) return value;
  // A shield ends at the first word that ends one: there each beginning of a template is put out by one.
  if (value.includes('endraw')) return value.replace(/\{\{|\{%/g, (beginning) => `{{ "${beginning}" }}`);
  return `{% raw %}${value}{% endraw %}`;
}

function template(value: string): string {
  return text(shielded(value));
}

/** Each text in the JSON that looks like a template is shielded by itself. */
function inTemplate(json: string): string {
  if (!LIKE_A_TEMPLATE.test(json)) return json;
  return JSON.stringify(JSON.parse(json), (_, value: unknown) => (typeof value === 'string' ? shielded(value) : value));
}

/** YAML reads the texts of JSON. */
function text(value: string): string {
  return /^[A-Za-z/][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? value
    : inSight(JSON.stringify(value));
}

/** What is no sign but steers: in a terminal or an editor it would show another file than the one that is read. */
const STEERING = /\p{C}|[\u2028\u2029]/gu;

/** JSON in which nothing is out of sight; of JSON only texts can hold such a thing. */
function inSight(json: string): string {
  return json.replace(STEERING, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
