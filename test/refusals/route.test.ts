/** Paths, methods, tenants, hosts and origins. */
import { CONTACT, HANDOVER, open } from '../support/client.js';
import { refusals, valid, warnings } from '../support/rows.js';

const ACD = '/inContactAPI/services/v30.0';

refusals('ROUTE_UNKNOWN', { status: 404, in: 'path', pointer: '' }, [
  {
    name: 'a slash at the end',
    send: { path: `${HANDOVER}/`, body: valid },
    remedy: /Remove the slash at the end: "\/api\/v2\/conversations\/webchat"/,
  },
  {
    name: 'a slip in the path',
    send: { path: '/api/v2/conversation/webchat', body: valid },
    remedy: /Did you mean POST \/api\/v2\/conversations\/webchat\?/,
  },
  {
    name: 'two slashes in a row',
    send: { path: '//api/v2/conversations/webchat', body: valid },
    remedy: /two slashes in a row.*"\/api\/v2\/conversations\/webchat"/,
  },
  { name: 'nothing near', send: { path: '/nothing/of/the/kind/at/all' }, remedy: /POST \/api\/v2\/conversations\/webchat/ },
  { name: 'an empty id at the end', send: { path: `${HANDOVER}/` }, remedy: /id at the end of the path is empty/ },
  {
    name: 'the beginning of the path missing',
    send: { path: '/v2/conversations/webchat', body: valid },
    remedy: /POST \/api\/v2\/conversations\/webchat\? Its beginning is missing/,
  },
  {
    name: 'a base URL of one’s own',
    send: { path: '/tenant-1/api/v2/conversations/webchat', body: valid },
    remedy: /"\/tenant-1" before it belongs to no path.*\/t\/\{tenant\}/,
  },
  { name: 'a slash that is encoded', send: { path: '/api/v2/contacts/463012345678%2Fattributes' }, remedy: /%2F/ },
  {
    name: 'a version that there is not',
    send: { method: 'POST', path: `/inContactAPI/services/30/interactions/${CONTACT}/signal` },
    remedy: /POST \/inContactAPI\/services\/v30\.0\/interactions\/\{contactId\}\/signal/,
    body: { error: 'not_found' },
  },
  {
    name: 'capitals further in',
    send: { path: '/incontactapi/Services/v30.0/skills' },
    remedy: /GET \/inContactAPI\/services\/v30\.0\/skills/,
  },
  {
    name: 'an operation of CXone that is not emulated',
    send: { path: `${ACD}/agents/states` },
    remedy: /^The nearest one is .*\. If CXone has this operation, the emulator does not play it\.$/,
  },
  {
    name: 'a family of CXone that is not emulated',
    send: { path: '/dfo/3.0/contacts' },
    remedy: /^The nearest one is GET \/api\/v2\/contacts\. If CXone has this operation, the emulator does not play it\.$/,
  },
  {
    name: 'a version in another form',
    send: { method: 'GET', path: `/incontactapi/services/v30.0.0/skills` },
    remedy: /GET \/inContactAPI\/services\/v30\.0\/skills\? "v30\.0\.0" is no version: it must be v1 to v99\.9/,
  },
  {
    name: 'capitals at the token endpoint',
    send: { method: 'POST', path: `/auth/Token` },
    remedy: /POST \/auth\/token\? Paths are case-sensitive/,
  },
  {
    name: 'a signal at the other API',
    send: { method: 'POST', path: `/api/v2/interactions/${CONTACT}/signal` },
    remedy: /POST \/inContactAPI\/services\/v30\.0\/interactions\/\{contactId\}\/signal/,
  },
]);

refusals('METHOD_NOT_ALLOWED', { status: 405, in: 'path', pointer: '' }, [
  { name: 'a PUT for a handover', send: { method: 'PUT', body: valid }, remedy: /Send POST/ },
  { name: 'a redirect that made a GET of a POST', send: { method: 'GET' }, remedy: /redirect/ },
  {
    name: 'a method of CXone that is not emulated',
    send: { method: 'PUT', path: `${ACD}/skills/4001`, body: {} },
    remedy: /^Send GET to this path\. If CXone takes "PUT" here, the emulator does not play it\.$/,
  },
]);

refusals('PATH_MALFORMED', { status: 400, in: 'path', pointer: '' }, [
  { name: 'a lone percent sign', send: { path: '/api/v2/conversations/webchat/100%' }, remedy: /%25/ },
  { name: 'escapes that are not UTF-8', send: { path: '/api/v2/conversations/webchat/%ff' }, remedy: /encodeURIComponent/ },
]);

refusals('TENANT_NAME_INVALID', { status: 400, in: 'path', pointer: '/tenant' }, [
  { name: 'capitals', send: { path: `/t/Team_A${HANDOVER}`, body: valid }, remedy: /lower-case/, received: /Team_A/ },
]);

refusals('WEBHOOK_UNKNOWN', { status: 404, in: 'path', pointer: '' }, [
  { name: 'no script listens', send: { path: '/webhooks/handover', body: valid }, remedy: /No script is loaded/ },
]);

refusals('HOST_REFUSED', { status: 403, in: 'header', pointer: '/host' }, [
  {
    name: 'the control API through a tunnel',
    send: { path: '/_emulator/state', headers: { host: 'abc.ngrok.app' } },
    remedy: /--allowed-hosts abc\.ngrok\.app/,
    received: /abc\.ngrok\.app/,
  },
]);

refusals('ORIGIN_REFUSED', { status: 403, in: 'header', pointer: '/origin' }, [
  {
    name: 'a page of another origin resets',
    send: { method: 'POST', path: '/_emulator/reset', headers: { origin: 'https://example.com' } },
    remedy: /--cors-origins https:\/\/example\.com/,
    received: /example\.com/,
  },
]);

warnings('ORIGIN_NOT_ALLOWED', { level: 'warn', in: 'header', pointer: '/origin' }, [
  {
    name: 'a page of another origin',
    given: open,
    send: { headers: { origin: 'http://localhost:3000' }, body: valid },
    remedy: /--cors-origins http:\/\/localhost:3000/,
  },
]);

warnings('ACCEPT_MISSING', { level: 'warn', in: 'header', pointer: '/accept', given: open }, [
  { name: 'no Accept header', send: { headers: { accept: undefined }, body: valid }, remedy: /Accept: application\/json/ },
  { name: 'XML only', send: { headers: { accept: 'text/xml' }, body: valid }, remedy: /Accept: application\/json/ },
]);
