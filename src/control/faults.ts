/** The control API's hold on faults: have calls fail on purpose, see how often they did, and end it. */
import { escapePointer } from '../shared/json-pointer.js';
import type { Matcher } from '../openapi/router.js';
import { type Faults, type FaultSetting, MOST_FAULTS } from '../cxone/faults.js';
import type { Operations } from '../cxone/handler.js';
import { NEVER_SENT, type Place, type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { requireKnown } from './known-name.js';

/** What a fault can be about. */
export interface Callable {
  /** The operations of the platform and the webhooks. */
  readonly operationIds: readonly string[];
  readonly paths: readonly string[];
  readonly matcher: Matcher;
}

export function faultOperations(faults: Faults, callable: Callable): Operations {
  return {
    listFaults: {
      answer({ tenant }) {
        const items = faults.list(tenant);
        return { status: 200, body: { items, total: items.length } };
      },
    },

    addFault: {
      check(call) {
        requireSound(call.body as FaultSetting, callable);
        if (faults.full) throw unsound('', `at most ${String(MOST_FAULTS)} faults, over all tenants`, 'one more', ALL_ENDED);
      },
      // Not to be undone: a dry run must not get here, and explain refuses control calls.
      answer: (call) => ({ status: 201, body: faults.add(call.tenant, call.body as FaultSetting) }),
    },

    removeFault: {
      check(call) {
        const { faultId = '' } = call.pathParameters;
        const known = faults.list(call.tenant).map((fault) => fault.faultId);
        if (known.includes(faultId)) return;
        throw unsound(
          '/faultId',
          known.length === 0 ? 'the id of a fault; there is none' : `one of ${known.slice(0, 20).join(', ')}`,
          show(faultId),
          'GET /_emulator/faults lists those that there are. A reset ends all.',
          'path',
        );
      },
      answer(call) {
        faults.remove(call.tenant, call.pathParameters.faultId ?? '');
        return { status: 204 };
      },
    },

    removeFaults: {
      answer(call) {
        faults.clear(call.tenant);
        return { status: 204 };
      },
    },
  };
}

const ALL_ENDED = 'End those that are not needed any more: DELETE /_emulator/faults.';

function requireSound(fault: FaultSetting, { operationIds, paths, matcher }: Callable): void {
  const { operationId, path, status, effect, latency, headers = {}, performed } = fault;
  if (status === undefined && effect === undefined && latency === undefined)
    throw unsound('', 'what goes wrong: status, effect or latency', 'none of them', 'Such as {"status": 429, "times": 3}.');
  if (status === NEVER_SENT)
    throw unsound(
      '/status',
      'a status from 400 to 599 that servers send',
      String(NEVER_SENT),
      'Web servers write it down where the caller has left, and send nothing: use the effect hang or reset.',
    );
  if (status !== undefined && effect !== undefined)
    throw unsound('/effect', 'status or effect', 'both', 'One call has one answer: send two faults, with nth or times.');
  if (status === undefined && (fault.body !== undefined || Object.keys(headers).length > 0))
    throw unsound('/status', 'a status for the headers and the body', 'none', 'Say which status the fault answers with.');
  if (performed === true && (effect === undefined || effect === 'expired-token'))
    throw unsound(
      '/performed',
      'performed with an effect that loses the answer: reset, hang, cut or malformed',
      show(effect ?? status ?? 'latency'),
      'A request that is refused is not carried out; one that is only late always is. Leave performed out.',
    );
  requireHeaders(headers);
  requireKnown(operationId, operationIds, '/operationId', 'an operation of the platform');
  if (path === undefined) return;
  if (!path.startsWith('/') || path.includes('?') || /^\/(?:t\/|_emulator)/.test(path))
    throw unsound(
      '/path',
      'a path of the platform, from its first slash on, without a query and without /t/…',
      show(path),
      'Such as /api/v2/conversations/webchat. A tenant has its own faults, below its own /t/…/_emulator/faults.',
    );
  if (paths.includes(path) || (!path.includes('{') && matcher.methodsAt(path).length > 0)) return;
  const near = matcher.nearest('POST', path);
  throw unsound(
    '/path',
    'the path of an operation or of a webhook',
    show(path),
    near === undefined ? 'GET /_emulator/openapi.json lists the paths.' : `Did you mean ${near.operation.path}?`,
  );
}

function requireHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const fault = (expected: string, remedy: string): Rejection =>
      unsound(`/headers/${escapePointer(name)}`, expected, show(`${name}: ${value}`), remedy);
    if (FRAMING.test(name))
      throw fault(
        'a header that does not frame the message',
        'Length and connection are the emulator’s own: use the effects cut, reset and malformed.',
      );
    // RFC 9110, 5.1 and 5.5: what would break the head of the answer.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw fault('a name that a header can have', "Letters, digits and !#$%&'*+-.^_`|~ make up the name of a header.");
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw fault(
        'a value that can be sent in a header',
        'It stands on one line, in characters up to U+00FF: write others percent-encoded, such as %E2%82%AC.',
      );
  }
}

const FRAMING = /^(?:content-length|transfer-encoding|connection|keep-alive|upgrade|trailer)$/i;

function unsound(pointer: string, expected: string, received: string, remedy: string, place: Place = 'body'): Rejection {
  return reject('CONTROL_INPUT_INVALID', {
    message: place === 'path' ? 'There is no such fault.' : 'This fault makes no sense.',
    in: place,
    pointer,
    expected,
    received,
    remedy,
  });
}
