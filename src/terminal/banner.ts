/** What the terminal shows at start: where the emulator listens, and three requests to try that work as they stand. */

export interface BannerFacts {
  readonly version: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** A free conversation id in the configured form. */
  readonly conversationId: string;
  readonly skillId: number | undefined;
}

export function banner({ version, url, conversationId, skillId }: BannerFacts): string {
  const handover = { sessionId: conversationId, metadata: { intent: 'billing' }, ...(skillId === undefined ? {} : { skillId }) };
  return [
    `cxone-emulator ${version} listens on ${url}`,
    `Not NiCE's: an emulator of what CXone does at a bot handover. Traces: ${url}/_emulator/traces`,
    '',
    'Try it from another terminal.',
    '',
    '1. A customer arrives: open a conversation.',
    post(`${url}/_emulator/conversations`, { conversationId }),
    '',
    '2. The bot hands it over: 200, queued.',
    post(`${url}/api/v2/conversations/webchat`, handover),
    '',
    '3. The bot sends its own session id: a bare 400, and the reason appears here.',
    post(`${url}/api/v2/conversations/webchat`, { sessionId: 'abc-123', metadata: { intent: 'billing' } }),
    '',
  ].join('\n');
}

function post(url: string, body: unknown): string {
  return `   curl -i ${url} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
