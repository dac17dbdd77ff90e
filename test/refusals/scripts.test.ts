/** Studio scripts: what makes one break off, and what the caller of its webhook receives. */
import type { RequestListener } from 'node:http';
import { CONVERSATION, type Message, send, withToken } from '../support/client.js';
import { refusals } from '../support/rows.js';
import { type Files, outside, webhook } from '../support/scripts.js';

const START = '/inContactAPI/services/v30.0/scripts/start?skillId=4001';
const answered = { type: 'RESPOND', body: { ok: true } };
const call = (body: object = {}): Message => ({ path: '/webhooks/bot', body });
const one = (action: object, more: object = {}): Files => webhook('bot', { First: action, Done: answered }, more);

/** Calls the webhook with the address of a server that answers so. */
const calling =
  (listener: RequestListener): (() => Promise<Message>) =>
  async () =>
    call({ url: await outside(listener) });

const outsider = one({ type: 'RESTAPI', url: '{{ context.url }}', timeout: 0.1, next: 'Done' });
const letIn = { scriptHosts: ['127.0.0.1'] };

refusals('REST_CALL_FAILED', { status: 400, in: null, pointer: null }, [
  {
    name: 'the emulator itself refused it',
    scripts: one({ type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations/webchat/abc-123', next: 'Done' }),
    send: call(),
    remedy: /bot’s own session id.*The trace [0-9a-f]+-\d+ has the emulator’s own side/,
    received: /^400 Bad Request for CONVERSATION_ID_FORMAT/,
    body: { errorCode: 'BadRequest', message: 'Bad Request' },
  },
  {
    name: 'a server outside says no',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.writeHead(422).end('{"error": "no such customer"}')),
    remedy: /what the other side says/,
    received: /422 Unprocessable Entity: .*no such customer/,
  },
  {
    name: 'nobody listens',
    options: letIn,
    scripts: outsider,
    send: call({ url: 'http://127.0.0.1:1/' }),
    remedy: /./,
    received: /127\.0\.0\.1:1/,
  },
  {
    name: 'a path without an address',
    scripts: one({ type: 'RESTAPI', url: '/api/v2/conversations', next: 'Done' }),
    send: call(),
    remedy: /Put \{\{ env\.CXONE \}\} before the path/,
    received: /"\/api\/v2\/conversations"/,
  },
]);

refusals('REST_TIMEOUT', { status: 400, in: null, pointer: null }, [
  {
    name: 'no answer in time',
    options: letIn,
    scripts: outsider,
    send: calling(() => undefined),
    remedy: /time-out can be raised/,
    received: /no answer from http:\/\/127\.0\.0\.1:\d+/,
  },
]);

refusals('REST_BODY_MULTILINE', { status: 400, in: null, pointer: null }, [
  {
    name: 'JSON over several lines',
    scripts: one({ type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations/webchat', bodyText: '{\n  "sessionId": "x"\n}' }),
    send: call(),
    remedy: /as an object below body, which is sent on one line/,
    received: /^3 lines: /,
  },
]);

refusals('REST_RESPONSE_TOO_LARGE', { status: 400, in: null, pointer: null }, [
  {
    name: 'over 32 KB',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.end(JSON.stringify('x'.repeat(32_768)))),
    remedy: /Ask for less/,
  },
]);

refusals('REST_RESPONSE_NOT_JSON', { status: 400, in: null, pointer: null }, [
  {
    name: 'a page',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.setHeader('content-type', 'text/html').end('<html>Log in</html>')),
    remedy: /looks like a page.*RESTPROXY/,
    received: /Log in.*text\/html/,
  },
]);

refusals('REST_CIRCUIT_OPEN', { status: 400, in: null, pointer: null }, [
  {
    name: 'all calls before it failed',
    options: { ...letIn, restBreaker: { requestsPerSecond: 0.1, failures: 0.5, window: 10_000, pause: 30_000 } },
    scripts: outsider,
    given: (url) => send(url, call({ url: 'http://127.0.0.1:1/' })),
    send: call({ url: 'http://127.0.0.1:1/' }),
    remedy: /when the pause is over/,
    received: /pause of 30 s, of which 30 s are left/,
  },
]);

refusals('REST_HOST_REFUSED', { status: 400, in: null, pointer: null }, [
  {
    name: 'a host that is not on the list',
    scripts: outsider,
    send: call({ url: 'https://crm.example.com/customers?key=1' }),
    remedy: /--script-hosts crm\.example\.com/,
    received: /https:\/\/crm\.example\.com\/customers/,
  },
]);

refusals('SCRIPT_UNKNOWN', { status: 400, in: 'query', pointer: '/scriptPath' }, [
  {
    name: 'a slip in its path',
    scripts: {
      'a.yaml': { name: 'Greeter', trigger: { start: { scriptPath: 'Bots\\Greeter' } }, actions: { End: { type: 'END' } } },
    },
    send: withToken({ method: 'POST', path: `${START}&scriptPath=Bots%5CGreter` }),
    remedy: /Did you mean Bots\\Greeter\?/,
    received: /Greter/,
  },
  {
    name: 'one without the trigger start, by its name',
    scripts: one(answered),
    send: withToken({ method: 'POST', path: `${START}&scriptPath=bot` }),
    remedy: /trigger: start/,
  },
]);

refusals('WEBHOOK_UNKNOWN', { status: 404, in: 'path', pointer: '' }, [
  {
    name: 'a slip in its path',
    scripts: one(answered),
    send: { path: '/webhooks/bott', body: {} },
    remedy: /POST \/webhooks\/bot/,
  },
]);

refusals('SCRIPT_REFUSED', { status: 409, in: null, pointer: null }, [
  {
    name: 'the script answers with an error by itself',
    scripts: one({ type: 'RESPOND', status: 409, body: { errorCode: 'Closed', message: 'Come back tomorrow' } }),
    send: call(),
    remedy: /branches and variables/,
    received: /RESPOND with 409/,
    body: { errorCode: 'Closed', message: 'Come back tomorrow' },
  },
]);

refusals('SCRIPT_BRANCH_UNCONNECTED', { status: 400, in: null, pointer: null }, [
  {
    name: 'a CASE that has no such branch, and no Default',
    scripts: one({ type: 'CASE', value: '{{ context.intent }}', branches: { billing: 'Done' } }),
    send: call({ intent: 'sales' }),
    remedy: /Connect sales of First/,
    received: /branches for billing/,
  },
]);

refusals('SCRIPT_STEP_LIMIT', { status: 400, in: null, pointer: null }, [
  {
    name: 'a loop',
    options: { maxScriptSteps: 50 },
    scripts: one({ type: 'ASSIGN', set: { x: 1 }, next: 'First' }),
    send: call(),
    remedy: /--max-script-steps/,
  },
  {
    name: 'a script inside itself',
    scripts: one({ type: 'RUNSUB', script: 'bot', next: 'Done' }),
    send: call(),
    remedy: /a script runs itself/,
  },
]);

refusals('SCRIPT_STOPPED', { status: 400, in: null, pointer: null }, [
  {
    name: 'one more script than may run',
    options: { maxRuns: 1 },
    scripts: {
      ...one({ type: 'RESTPROXY', method: 'POST', url: '{{ env.CXONE }}/webhooks/other', next: 'Done' }),
      ...webhook('other', { Answer: answered }),
    },
    send: call(),
    remedy: /./,
    received: /--max-runs/,
  },
]);

refusals('SCRIPT_VALUE_INVALID', { status: 400, in: null, pointer: null }, [
  {
    name: 'a skill that is no number',
    scripts: one({ type: 'REQAGENT', skillId: '{{ context.skill }}', conversation: CONVERSATION, next: 'Done' }),
    send: call({ skill: 'Support' }),
    remedy: /the template of skillId/,
    received: /"Support"/,
  },
]);

refusals('TEMPLATE_RAW_BODY', { status: 400, in: null, pointer: null }, [
  {
    name: 'the report’s mistake',
    scripts: one({
      type: 'RESTPROXY',
      url: '{{ env.CXONE }}/api/v2/conversations/webchat',
      contentType: 'application/json',
      body: '{"sessionId": "{{ context.sessionId }}", "metadata": {"intent": "billing"}}',
      next: 'Done',
    }),
    send: call({ sessionId: CONVERSATION }),
    remedy: /Write the body as an object, without quotes around it.*The trace [0-9a-f]+-\d+/,
    received: /refused for CONVERSATION_ID_FORMAT/,
  },
]);

refusals('TEMPLATE_VARIABLE_MISSING', { status: 400, in: 'body', pointer: '/sessionId' }, [
  {
    name: 'a field that the caller spells otherwise',
    scripts: one({ type: 'ASSIGN', set: { id: '{{ context.sessionId }}' }, next: 'Done' }),
    send: call({ sessionID: CONVERSATION }),
    remedy: /Did you mean context\.sessionID\?/,
    received: /context with sessionID/,
  },
]);

refusals('TEMPLATE_INVALID', { status: 400, in: null, pointer: null }, [
  {
    name: 'a loop without bounds over what came',
    scripts: one({ type: 'ASSIGN', set: { text: '{% for i in (1..context.count) %}x{% endfor %}' }, next: 'Done' }),
    send: call({ count: 1_000_000_000 }),
    remedy: /filters and loops/,
    received: /limit exceeded/,
  },
]);
