/** Access keys and clients: which are taken, and what is wrong with those that are not. */
import { isNoId } from './model/id-advice.js';
import { type Explanation, reject, type Rejection } from '../errors/catalogue.js';
import { listed } from '../shared/format.js';
import type { Call } from './handler.js';

/** An access key, a client, or a key that is good with that client only, as the config file lists them. */
export interface Credentials {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  /** Where it stands in the request. */
  readonly in: 'header' | 'body';
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Pointers into the body. */
  readonly at: { readonly id: string; readonly secret: string };
  /** Fields that look as if they should have been these. */
  readonly misnamed?: readonly string[];
}

/** Basic wins over the body. Throws CREDENTIALS_INVALID where there is neither, or where Basic does not decode. */
export function readClient(call: Call, id: string | undefined, secret: string | undefined): Client {
  const header = call.header('authorization')?.trim();
  if (header !== undefined && header !== '') {
    const basic = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(header)?.[1];
    const text = basic === undefined ? '' : Buffer.from(basic, 'base64').toString();
    const colon = text.indexOf(':');
    if (colon !== -1) return { id: text.slice(0, colon), secret: text.slice(colon + 1), in: 'header' };
    throw clientInvalid({
      message: 'The Authorization header holds no client id and secret.',
      in: 'header',
      pointer: '/authorization',
      expected: 'Basic, and clientId:clientSecret in Base64',
      received: /^bearer\b/i.test(header)
        ? 'a Bearer token'
        : basic === undefined
          ? 'a text in another form'
          : 'Basic and a text without a colon',
      remedy:
        'Send clientId:clientSecret in Base64 as Basic authorization, or client_id and client_secret as fields of the form.',
    });
  }
  if (id !== undefined || secret !== undefined) return { id: id ?? '', secret: secret ?? '', in: 'body' };
  throw clientInvalid({
    message: 'There is no client.',
    in: 'header',
    pointer: '/authorization',
    expected: 'Basic, and clientId:clientSecret in Base64; or client_id and client_secret as fields',
    received: 'neither',
    remedy:
      'Send clientId:clientSecret in Base64 as Basic authorization. In Cognigy these are clientId and clientSecret of the connection.',
  });
}

/** Throws CREDENTIALS_INVALID. */
export function requireClient(client: Client, valid: readonly Credentials[]): void {
  const pointer = client.in === 'header' ? '/authorization' : '/client_id';
  const empty = [client.id, client.secret].findIndex(isNoId);
  if (empty !== -1) {
    throw clientInvalid({
      message: `The client’s ${empty === 0 ? 'id' : 'secret'} stands for no value.`,
      in: client.in,
      pointer: client.in === 'body' && empty === 1 ? '/client_secret' : pointer,
      expected: 'clientId and clientSecret',
      received: empty === 0 ? 'an empty id, or a word such as undefined' : 'an empty secret, or a word such as undefined',
      remedy: 'Fill in clientId and clientSecret of the connection: a variable without a value is sent as undefined.',
    });
  }
  const clients = valid.filter(({ clientId }) => clientId !== undefined);
  if (clients.length === 0 || clients.some((one) => same(one.clientId, client.id) && same(one.clientSecret, client.secret)))
    return;
  throw clientInvalid({
    message: 'No such client.',
    in: client.in,
    pointer,
    expected: 'a client that the config file lists under "credentials"',
    received: clients.some(({ clientId }) => clientId === client.id) ? 'its id with another secret' : 'an id that is not listed',
    remedy: adviseListed(
      'clientId',
      client.id,
      clients.map(({ clientId = '' }) => clientId),
    ),
  });
}

/** Some clients percent-encode both before Base64, as RFC 6749, 2.3.1 has it; others do not. */
function same(listed: string | undefined, given: string): boolean {
  if (listed === given) return true;
  try {
    return listed === decodeURIComponent(given);
  } catch {
    return false;
  }
}

/** `client` is the one that came with it, where one must. Throws CREDENTIALS_INVALID. */
export function requireAccessKey(key: AccessKey, client: Client | undefined, valid: readonly Credentials[]): void {
  const empty = [key.id, key.secret].findIndex(isNoId);
  if (empty !== -1) {
    throw accessKeyInvalid({
      message: `The access key’s ${empty === 0 ? 'id' : 'secret'} stands for no value.`,
      in: 'body',
      pointer: empty === 0 ? key.at.id : key.at.secret,
      expected: 'accessKeyId and accessKeySecret',
      received: 'nothing, or a word such as undefined',
      remedy:
        key.misnamed === undefined || key.misnamed.length === 0
          ? 'Fill in accessKeyId and accessKeySecret of the connection; a variable without a value is sent as undefined.'
          : `The form has ${listed(key.misnamed)}, which is not read: send the key’s id as username, and its secret as password.`,
    });
  }
  const keys = valid.filter(({ accessKeyId }) => accessKeyId !== undefined);
  const withKey = keys.filter((one) => one.accessKeyId === key.id && one.accessKeySecret === key.secret);
  if (keys.length === 0) return;
  if (withKey.some(({ clientId }) => client === undefined || clientId === undefined || clientId === client.id)) return;
  const known = keys.some(({ accessKeyId }) => accessKeyId === key.id);
  throw accessKeyInvalid({
    message: withKey.length > 0 ? 'This access key belongs to another client.' : 'No such access key.',
    in: 'body',
    pointer: known && withKey.length === 0 ? key.at.secret : key.at.id,
    expected: 'an access key that the config file lists under "credentials"',
    received: withKey.length > 0 ? 'one of another client' : known ? 'its id with another secret' : 'an id that is not listed',
    remedy:
      withKey.length > 0
        ? 'Send it with the clientId that stands beside it in the config file.'
        : adviseListed(
            'accessKeyId',
            key.id,
            keys.map(({ accessKeyId = '' }) => accessKeyId),
          ),
  });
}

/** The ids are no secrets, but only as many are named as help. */
function adviseListed(name: string, given: string, ids: readonly string[]): string {
  const trimmed = given.trim();
  if (trimmed !== given && ids.includes(trimmed)) return `There is white space around the ${name}: remove it.`;
  return ids.includes(given)
    ? `The config file has another secret for this ${name}.`
    : `The config file lists ${ids.slice(0, 5).join(', ')}. Without "credentials" in it any non-empty ones are taken.`;
}

function clientInvalid(explanation: Explanation): Rejection {
  return reject('CREDENTIALS_INVALID', { ...explanation, inWords: true }, { body: 'invalid_client' });
}

function accessKeyInvalid(explanation: Explanation): Rejection {
  return reject('CREDENTIALS_INVALID', { ...explanation, inWords: true }, { body: 'invalid_grant' });
}
