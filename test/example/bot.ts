/** The bot under test: it hands a conversation over, and signals an escalation. */
export interface Connection {
  readonly url: string;
  readonly authorization: string;
}

async function post({ url, authorization }: Connection, path: string, body?: unknown): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
}

export function handOver(connection: Connection, sessionId: string, intent: string): Promise<Response> {
  return post(connection, '/api/v2/conversations/webchat', { sessionId, metadata: { intent }, skillId: 4001 });
}

export function escalate(connection: Connection, contactId: string, reason: string): Promise<Response> {
  const query = new URLSearchParams({ p1: 'Escalate', p2: reason });
  return post(connection, `/inContactAPI/services/v30.0/interactions/${contactId}/signal?${query.toString()}`);
}
