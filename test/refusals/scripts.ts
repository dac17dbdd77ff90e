/** The rows of Studio scripts: what makes one break off, and what the caller of its webhook is told. */
import type { RequestListener } from 'node:http';
import { CONVERSATION, type Message, send, withToken } from '../support/client.js';
import type { Row } from '../support/rows.js';
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
const nowhere = { status: 400, in: null, pointer: null } as const;

export const SCRIPT_REFUSALS: readonly Row[] = [
  // REST
  {
    code: 'REST_CALL_FAILED',
    name: 'the emulator itself refused it',
    scripts: one({ type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations/webchat/abc-123', next: 'Done' }),
    send: call(),
    ...nowhere,
    remedy: /bot’s own session id.*The trace [0-9a-f]+-\d+ has the emulator’s own side/,
    received: /^400 Bad Request for CONVERSATION_ID_FORMAT/,
    body: { errorCode: 'BadRequest', message: 'Bad Request' },
  },
  {
    code: 'REST_CALL_FAILED',
    name: 'a server outside says no',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.writeHead(422).end('{"error": "no such customer"}')),
    ...nowhere,
    remedy: /what the other side says/,
    received: /422 Unprocessable Entity: .*no such customer/,
  },
  {
    code: 'REST_CALL_FAILED',
    name: 'nobody listens',
    options: letIn,
    scripts: outsider,
    send: call({ url: 'http://127.0.0.1:1/' }),
    ...nowhere,
    remedy: /./,
    received: /127\.0\.0\.1:1/,
  },
  {
    code: 'REST_CALL_FAILED',
    name: 'a path without an address',
    scripts: one({ type: 'RESTAPI', url: '/api/v2/conversations', next: 'Done' }),
    send: call(),
    ...nowhere,
    remedy: /Put \{\{ env\.CXONE \}\} before the path/,
    received: /"\/api\/v2\/conversations"/,
  },
  {
    code: 'REST_TIMEOUT',
    name: 'no answer in time',
    options: letIn,
    scripts: outsider,
    send: calling(() => undefined),
    ...nowhere,
    remedy: /time-out can be raised/,
    received: /no answer from http:\/\/127\.0\.0\.1:\d+/,
  },
  {
    code: 'REST_BODY_MULTILINE',
    name: 'JSON over several lines',
    scripts: one({ type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations/webchat', bodyText: '{\n  "sessionId": "x"\n}' }),
    send: call(),
    ...nowhere,
    remedy: /as an object below body, which is sent on one line/,
    received: /^3 lines: /,
  },
  {
    code: 'REST_RESPONSE_TOO_LARGE',
    name: 'over 32 KB',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.end(JSON.stringify('x'.repeat(32_768)))),
    ...nowhere,
    remedy: /Ask for less/,
  },
  {
    code: 'REST_RESPONSE_NOT_JSON',
    name: 'a page',
    options: letIn,
    scripts: outsider,
    send: calling((_, response) => response.setHeader('content-type', 'text/html').end('<html>Log in</html>')),
    ...nowhere,
    remedy: /looks like a page.*RESTPROXY/,
    received: /Log in.*text\/html/,
  },
  {
    code: 'REST_CIRCUIT_OPEN',
    name: 'all calls before it failed',
    options: { ...letIn, restBreaker: { requestsPerSecond: 0.1, failures: 0.5, window: 10_000, pause: 30_000 } },
    scripts: outsider,
    given: (url) => send(url, call({ url: 'http://127.0.0.1:1/' })),
    send: call({ url: 'http://127.0.0.1:1/' }),
    ...nowhere,
    remedy: /when the pause is over/,
    received: /pause of 30 s, of which 30 s are left/,
  },
  {
    code: 'REST_HOST_REFUSED',
    name: 'a host that is not on the list',
    scripts: outsider,
    send: call({ url: 'https://crm.example.com/customers?key=1' }),
    ...nowhere,
    remedy: /--script-hosts crm\.example\.com/,
    received: /https:\/\/crm\.example\.com\/customers/,
  },

  // Scripts
  {
    code: 'SCRIPT_UNKNOWN',
    name: 'a slip in its path',
    scripts: {
      'a.yaml': { name: 'Greeter', trigger: { start: { scriptPath: 'Bots\\Greeter' } }, actions: { End: { type: 'END' } } },
    },
    send: withToken({ method: 'POST', path: `${START}&scriptPath=Bots%5CGreter` }),
    status: 400,
    in: 'query',
    pointer: '/scriptPath',
    remedy: /Did you mean Bots\\Greeter\?/,
    received: /Greter/,
  },
  {
    code: 'SCRIPT_UNKNOWN',
    name: 'one without the trigger start, by its name',
    scripts: one(answered),
    send: withToken({ method: 'POST', path: `${START}&scriptPath=bot` }),
    status: 400,
    in: 'query',
    pointer: '/scriptPath',
    remedy: /trigger: start/,
  },
  {
    code: 'WEBHOOK_UNKNOWN',
    name: 'a slip in its path',
    scripts: one(answered),
    send: { path: '/webhooks/bott', body: {} },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /POST \/webhooks\/bot/,
  },
  {
    code: 'SCRIPT_REFUSED',
    name: 'the script answers with an error by itself',
    scripts: one({ type: 'RESPOND', status: 409, body: { errorCode: 'Closed', message: 'Come back tomorrow' } }),
    send: call(),
    status: 409,
    in: null,
    pointer: null,
    remedy: /branches and variables/,
    received: /RESPOND with 409/,
    body: { errorCode: 'Closed', message: 'Come back tomorrow' },
  },
  {
    code: 'SCRIPT_BRANCH_UNCONNECTED',
    name: 'a CASE that has no such branch, and no Default',
    scripts: one({ type: 'CASE', value: '{{ context.intent }}', branches: { billing: 'Done' } }),
    send: call({ intent: 'sales' }),
    ...nowhere,
    remedy: /Connect sales of First/,
    received: /branches for billing/,
  },
  {
    code: 'SCRIPT_STEP_LIMIT',
    name: 'a loop',
    options: { maxScriptSteps: 50 },
    scripts: one({ type: 'ASSIGN', set: { x: 1 }, next: 'First' }),
    send: call(),
    ...nowhere,
    remedy: /--max-script-steps/,
  },
  {
    code: 'SCRIPT_STEP_LIMIT',
    name: 'a script inside itself',
    scripts: one({ type: 'RUNSUB', script: 'bot', next: 'Done' }),
    send: call(),
    ...nowhere,
    remedy: /a script runs itself/,
  },
  {
    code: 'SCRIPT_STOPPED',
    name: 'one more script than may run',
    options: { maxRuns: 1 },
    scripts: {
      ...one({ type: 'RESTPROXY', method: 'POST', url: '{{ env.CXONE }}/webhooks/other', next: 'Done' }),
      ...webhook('other', { Answer: answered }),
    },
    send: call(),
    ...nowhere,
    remedy: /./,
    received: /--max-runs/,
  },
  {
    code: 'SCRIPT_VALUE_INVALID',
    name: 'a skill that is no number',
    scripts: one({ type: 'REQAGENT', skillId: '{{ context.skill }}', conversation: CONVERSATION, next: 'Done' }),
    send: call({ skill: 'Support' }),
    ...nowhere,
    remedy: /the template of skillId/,
    received: /"Support"/,
  },

  // Templates
  {
    code: 'TEMPLATE_RAW_BODY',
    name: 'the report’s mistake',
    scripts: one({
      type: 'RESTPROXY',
      url: '{{ env.CXONE }}/api/v2/conversations/webchat',
      contentType: 'application/json',
      body: '{"sessionId": "{{ context.sessionId }}", "metadata": {"intent": "billing"}}',
      next: 'Done',
    }),
    send: call({ sessionId: CONVERSATION }),
    ...nowhere,
    remedy: /Write the body as an object, without quotes around it.*The trace [0-9a-f]+-\d+/,
    received: /refused for CONVERSATION_ID_FORMAT/,
  },
  {
    code: 'TEMPLATE_VARIABLE_MISSING',
    name: 'a field that the caller spells otherwise',
    scripts: one({ type: 'ASSIGN', set: { id: '{{ context.sessionId }}' }, next: 'Done' }),
    send: call({ sessionID: CONVERSATION }),
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /Did you mean context\.sessionID\?/,
    received: /context with sessionID/,
  },
  {
    code: 'TEMPLATE_INVALID',
    name: 'a loop without bounds over what came',
    scripts: one({ type: 'ASSIGN', set: { text: '{% for i in (1..context.count) %}x{% endfor %}' }, next: 'Done' }),
    send: call({ count: 1_000_000_000 }),
    ...nowhere,
    remedy: /filters and loops/,
    received: /limit exceeded/,
  },
];
