/** Stage route: method and decoded path lead to the operation, the prefix `/t/…` to the tenant. */
import type { ContractOperation, Family } from '../openapi/contract.js';
import type { Matcher } from '../openapi/router.js';
import { nearMiss } from '../shared/did-you-mean.js';
import type { Studio } from '../cxone/studio.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { oneOf, show } from '../shared/format.js';
import type { RequestContext } from './request-context.js';
import { requireControlCaller, warnForeignOrigin } from './origin-policy.js';
import type { Services } from './services.js';

export function route(context: RequestContext, services: Services): void {
  const { matcher, contract } = services;
  requireTenantName(context);
  const decoded = decodePath(context.path);
  const { method, path } = context;
  const match = matcher.match(method, path);
  context.family = match?.operation.family ?? contract.familyOf(decoded);
  if (context.family.name === 'control') requireControlCaller(context, services);
  else warnForeignOrigin(context, services);
  if (match !== undefined) {
    context.operation = match.operation;
    context.trace.script = match.operation.script ?? null;
    context.trace.operationId = match.operation.operationId;
    context.pathParameters = match.pathParameters;
    context.trace.pathParameters = match.pathParameters;
    context.trace.log(`${method} ${match.operation.path} is ${match.operation.operationId}.`);
    return;
  }
  const allowed = path === '*' ? ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] : matcher.methodsAt(path);
  if (allowed.length === 0) throw unknownRoute(context, decoded, services);
  if (method === 'OPTIONS') {
    context.reply = { status: 204, headers: { allow: allowed.join(', ') } };
    return;
  }
  throw reject(
    'METHOD_NOT_ALLOWED',
    {
      message: `${show(method)} is not a method of this path.`,
      in: 'path',
      pointer: '',
      expected: oneOf(allowed),
      received: show(method),
      remedy: adviseMethod(method, allowed, context.family),
    },
    { headers: { allow: allowed.join(', ') } },
  );
}

function adviseMethod(method: string, allowed: readonly string[], family: Family): string {
  const played = oneOf(allowed.filter((one) => one !== 'HEAD' && one !== 'OPTIONS'));
  const redirected = method === 'GET' ? '; a redirect may have turned a POST into this GET' : '';
  const elsewhere = isCxones(family) ? ` If CXone takes ${show(method)} here, the emulator does not play it.` : '';
  return `Send ${played} to this path${redirected}.${elsewhere}`;
}

function requireTenantName(context: RequestContext): void {
  if (context.wrongTenant === undefined) return;
  throw reject('TENANT_NAME_INVALID', {
    message: 'The name after /t/ is not a tenant’s name.',
    in: 'path',
    pointer: '/tenant',
    expected: '1 to 64 of a-z, 0-9 and -',
    received: show(context.wrongTenant),
    remedy: 'Name the tenant with lower-case letters, digits and dashes: /t/my-test-1/api/v2/…',
  });
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    const escape = /%(?![0-9a-fA-F]{2})[^]{0,2}/.exec(path)?.[0];
    throw reject('PATH_MALFORMED', {
      message: 'The path does not decode.',
      in: 'path',
      pointer: '',
      expected: 'percent-encoded UTF-8',
      received: show(escape ?? path),
      remedy:
        escape === undefined
          ? 'The escapes are not UTF-8: encode each part of the path with encodeURIComponent.'
          : 'A % must be followed by two hex digits: write a literal % as %25, or encode each part of the path with encodeURIComponent.',
    });
  }
}

function unknownRoute(context: RequestContext, decoded: string, { matcher, studio }: Services): Rejection {
  const { method, family } = context;
  if (family.unknown === 'WEBHOOK_UNKNOWN') {
    return reject('WEBHOOK_UNKNOWN', {
      message: 'No Studio script listens at this path.',
      in: 'path',
      pointer: '',
      expected: 'the path of a webhook that a script listens at',
      received: show(decoded),
      remedy: adviseWebhook(method, decoded, studio),
    });
  }
  return reject(family.unknown, {
    message: 'No operation has this path.',
    in: 'path',
    pointer: '',
    expected: 'the path of an operation (GET /_emulator/openapi.json lists them)',
    received: show(decoded),
    remedy: adviseRoute(context, decoded, matcher),
  });
}

/** So many webhooks are named at most. */
const MOST_WEBHOOKS = 10;

function adviseWebhook(method: string, path: string, { count, webhooks }: Studio): string {
  const direct = 'A bot that hands over without a script posts to /api/v2/conversations/webchat.';
  if (count === 0)
    return `No script is loaded, so no webhook exists: start the emulator with --scripts and the folder of yours. ${direct}`;
  if (webhooks.length === 0) return `None of the scripts that are loaded has a webhook as its trigger. ${direct}`;
  const near = nearMiss(`${method} ${path.replace(/\/+$/, '')}`, webhooks);
  const more = webhooks.length > MOST_WEBHOOKS ? ` and ${String(webhooks.length - MOST_WEBHOOKS)} more` : '';
  const those = `These do: ${webhooks.slice(0, MOST_WEBHOOKS).join(', ')}${more}.`;
  return near === undefined ? those : `Did you mean ${near}? ${those}`;
}

function adviseRoute({ method, path, family }: RequestContext, decoded: string, matcher: Matcher): string {
  const bare = withoutEndingSlashes(path);
  if (bare !== path && matcher.match(method, bare) !== undefined)
    return `Remove the slash at the end: ${show(withoutEndingSlashes(decoded))}.`;
  const single = path.replace(/\/{2,}/g, '/');
  if (single !== path && matcher.methodsAt(single).length > 0)
    return `There are two slashes in a row: a base URL that ends with a slash was put before a path that begins with one. Send ${show(single)}.`;
  if (bare !== path && matcher.methodsAt(`${bare}/x`).length > 0) {
    return 'The id at the end of the path is empty: the variable that it was taken from had no value when the request was built.';
  }
  if (/%2f/i.test(path))
    return 'A slash that is encoded (%2F) belongs to an id and separates nothing: send a plain slash between the parts of the path.';
  const within = matcher.within(method, decoded);
  if (within !== undefined) {
    const { operation, before, whole } = within;
    const reason = whole
      ? adviseSameParts(operation, decoded)
      : before === ''
        ? 'Its beginning is missing: check the base URL.'
        : `${show(before)} before it belongs to no path: check the base URL. A tenant is chosen by /t/{tenant} before the path.`;
    return `Did you mean ${named(operation)}? ${reason}`;
  }
  const nearest = matcher.nearest(method, decoded);
  if (nearest?.slip === true) return `Did you mean ${named(nearest.operation)}?`;
  const hint =
    nearest === undefined
      ? 'Check the path and the base URL. A handover goes to POST /api/v2/conversations/webchat.'
      : `The nearest one is ${named(nearest.operation)}.`;
  return isCxones(family) ? `${hint} If CXone has this operation, the emulator does not play it.` : hint;
}

/** CXone has many more operations than the emulator plays, and its clients call them. */
function isCxones({ name }: Family): boolean {
  return name !== 'control' && name !== 'webhooks';
}

/** Where the parts are the same, capitals differ, or a part such as a version has not its form. */
function adviseSameParts({ path, parameters }: ContractOperation, decoded: string): string {
  const ours = decoded.split('/');
  const place = path.split('/').findIndex((part, index) => {
    const parameter = parameters.find(({ name }) => part === `{${name}}`);
    return parameter?.['x-in-route'] === true && !new RegExp(parameter.schema.pattern ?? '').test(ours[index] ?? '');
  });
  if (place === -1) return 'Paths are case-sensitive.';
  const { name, schema } = parameters.find((parameter) => path.split('/')[place] === `{${parameter.name}}`) ?? {};
  return `${show(ours[place])} is no ${name ?? 'part'}: it must be ${schema?.['x-form'] ?? 'of another form'}.`;
}

function withoutEndingSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/** A part of the path that must have a form, such as a version, is shown by its example. */
function named(operation: ContractOperation): string {
  const path = operation.parameters.reduce(
    (shown, { name, example, ...parameter }) =>
      parameter['x-in-route'] === true ? shown.replace(`{${name}}`, String(example)) : shown,
    operation.path,
  );
  return `${operation.method} ${path}`;
}
