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
}

export function banner({ version, url, platformUrl, controlUrl, conversationId, skillId }: BannerFacts): string {
  const handover = { sessionId: conversationId, metadata: { intent: 'billing' }, ...(skillId === undefined ? {} : { skillId }) };
  return [
    `cxone-emulator ${version} listens on ${url}${platformUrl === url ? '' : `, reached at ${platformUrl}`}`,
    `Not NiCE's: an emulator of what CXone does at a bot handover. Traces: ${controlUrl}/_emulator/traces`,
    '',
    'Try it from another terminal.',
    '',
    '1. A customer arrives: open a conversation.',
    post(`${controlUrl}/_emulator/conversations`, { conversationId }),
    '',
    '2. The bot hands it over: 200, queued.',
    post(`${platformUrl}/api/v2/conversations/webchat`, handover),
    '',
    '3. The bot sends its own session id: a bare 400, and the reason appears here.',
    post(`${platformUrl}/api/v2/conversations/webchat`, { sessionId: 'abc-123', metadata: { intent: 'billing' } }),
    '',
  ].join('\n');
}

function post(url: string, body: unknown): string {
  return `   curl -i ${url} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
