/** What the terminal shows at start: where the emulator listens, and three requests to try that work as they stand. */

export interface BannerFacts {
  readonly version: string;
  /** Where it listens. All three without a slash at the end. */
  readonly url: string;
  /** Where callers reach the platform, and where the control API answers. */
  readonly platformUrl: string;
  readonly controlUrl: string;
  /** A free conversation id in the configured form. */
  readonly conversationId: string;
  readonly skillId: number | undefined;
  /** The folder of scripts, how many there are, and the webhooks that they listen at; undefined where none is loaded. */
  readonly scripts: { readonly folder: string; readonly count: number; readonly webhooks: readonly string[] } | undefined;
  /** Whether the platform takes only tokens of ours, and whether it takes any client for one. */
  readonly strict: boolean;
  readonly anyClient: boolean;
}

export function banner(facts: BannerFacts): string {
  const { version, url, platformUrl, controlUrl, conversationId, skillId, strict } = facts;
  const handover = { sessionId: conversationId, metadata: { intent: 'billing' }, ...(skillId === undefined ? {} : { skillId }) };
  return [
    `cxone-emulator ${version} listens on ${url}${platformUrl === url ? '' : `, reached at ${platformUrl}`}`,
    `Not NiCE's: an emulator of what CXone does at a bot handover. Traces: ${controlUrl}/_emulator/`,
    ...(facts.scripts === undefined ? [] : [scriptsLine(facts.scripts)]),
    '',
    'Try it from another terminal.',
    ...(strict ? ['', '0. --auth strict takes only its own tokens: fetch one.', fetchToken(facts)] : []),
    '',
    '1. A customer arrives: open a conversation.',
    post(`${controlUrl}/_emulator/conversations`, { conversationId }),
    '',
    '2. The bot hands it over: 200, queued.',
    post(`${platformUrl}/api/v2/conversations/webchat`, handover, strict),
    '',
    '3. The bot sends its own session id: a bare 400, and the reason appears here.',
    post(`${platformUrl}/api/v2/conversations/webchat`, { sessionId: 'abc-123', metadata: { intent: 'billing' } }, strict),
    '',
  ].join('\n');
}

/** So many webhooks are named. */
const MOST_WEBHOOKS = 3;

function scriptsLine({ folder, count, webhooks }: NonNullable<BannerFacts['scripts']>): string {
  if (count === 0) return `Studio scripts: none in ${folder} (files *.yaml)`;
  const more = webhooks.length - MOST_WEBHOOKS;
  const named =
    webhooks.length === 0
      ? ''
      : `; webhooks: ${webhooks.slice(0, MOST_WEBHOOKS).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
  return `Studio scripts: ${String(count)} of ${folder}${named}`;
}

function fetchToken({ platformUrl, anyClient }: BannerFacts): string {
  const client = anyClient ? 'me:secret' : '"$CLIENT_ID:$CLIENT_SECRET"';
  const pick = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  return `   TOKEN=$(curl -s ${platformUrl}/auth/token -u ${client} -d grant_type=client_credentials | ${pick})`;
}

function post(url: string, body: unknown, withToken = false): string {
  const token = withToken ? ' -H "Authorization: Bearer $TOKEN"' : '';
  return `   curl -i ${url}${token} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
