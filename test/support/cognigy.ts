/**
 * A client as Cognigy's CXone extension is known to be: written from what is known of its calls, not from the emulator.
 * It starts with an environment URL and finds everything else.
 */

export interface Connection {
  readonly environmentUrl: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Answered {
  readonly status: number;
  readonly body: any;
}

interface Cache {
  tokenUrl?: string;
  apiUrl?: string;
  tokens?: { access_token: string; id_token: string };
}

export class CognigyClient {
  readonly #connection: Connection;
  /** What the extension keeps in the Cognigy context. */
  readonly cache: Cache = {};
  /** The newest version drops its token on 401 or 403, and tries once more. */
  readonly #retries: boolean;

  constructor(connection: Connection, { retries = true } = {}) {
    this.#connection = connection;
    this.#retries = retries;
  }

  async #tokens(): Promise<{ access_token: string; id_token: string }> {
    if (this.cache.tokens !== undefined) return this.cache.tokens;
    const { environmentUrl, accessKeyId, accessKeySecret, clientId, clientSecret } = this.#connection;
    if (this.cache.tokenUrl === undefined) {
      const issuer = environmentUrl.trim().replace(/\/+$/, '');
      const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
      this.cache.tokenUrl = ((await discovery.json()) as any).token_endpoint as string;
    }
    const response = await fetch(this.cache.tokenUrl, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'password', username: accessKeyId, password: accessKeySecret }),
    });
    if (!response.ok) throw new Error(`Error getting bearer token: ${String(response.status)}`);
    return (this.cache.tokens = (await response.json()) as { access_token: string; id_token: string });
  }

  async #apiUrl(idToken: string): Promise<string> {
    if (this.cache.apiUrl !== undefined) return this.cache.apiUrl;
    const payload = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    const response = await fetch(
      `${payload.iss as string}/.well-known/cxone-configuration?tenantId=${payload.tenantId as string}`,
    );
    if (!response.ok) throw new Error(`Error getting endpoint URL: ${String(response.status)}`);
    return (this.cache.apiUrl = ((await response.json()) as any).api_endpoint as string);
  }

  /** Sends any request to the API with a bearer token, as the extension's API caller does. */
  async call(method: string, suffix: string, json?: unknown): Promise<Answered> {
    const first = await this.#once(method, suffix, json);
    if (!this.#retries || (first.status !== 401 && first.status !== 403)) return first;
    delete this.cache.tokens;
    return this.#once(method, suffix, json);
  }

  async #once(method: string, suffix: string, json: unknown): Promise<Answered> {
    const tokens = await this.#tokens();
    const api = await this.#apiUrl(tokens.id_token);
    const response = await fetch(`${api}/${suffix}`, {
      method,
      headers: {
        Authorization: `Bearer ${tokens.access_token}`,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The three forms that the extension's versions have: p1 in the query and the rest as JSON, all in the query, all as JSON. */
  signal(contactId: string, [p1 = '', ...others]: readonly string[], form: 'mixed' | 'query' | 'json'): Promise<Answered> {
    const path = `inContactAPI/services/v30.0/interactions/${encodeURIComponent(contactId)}/signal`;
    const rest = Object.fromEntries(others.map((value, index) => [`p${String(index + 2)}`, value]));
    if (form === 'mixed') return this.call('POST', `${path}?p1=${encodeURIComponent(p1)}`, rest);
    if (form === 'json') return this.call('POST', path, { p1, ...rest });
    return this.call('POST', `${path}?${new URLSearchParams({ p1, ...rest }).toString()}`);
  }

  transcript(
    contactId: string,
    busId: string,
    messages: readonly { readonly bot: boolean; readonly text: string }[],
  ): Promise<Answered> {
    return this.call('POST', 'aai/tms/transcripts/post', {
      vendorId: 'Cognigy',
      busId,
      virtualAgentId: '',
      contactId,
      contactState: 'SELF_SERVICE',
      mediaType: 'Voice',
      selfServiceSessionDetails: {
        transcriptPublishSettingOption: 'PUBLISH_TRANSCRIPTS_ONLY',
        sessionCompletionType: 'ESCALATED',
        sessionCompletionDetails: 'User Escalated Conversation to Live Agent',
        transcriptSummary: '',
        transcripts: messages.map(({ bot, text }) => ({
          participantId: bot ? 'Bot' : 'Patron',
          messageBody: text,
          messageContentType: 'TRANSCRIPT',
          utcDateTime: new Date().toISOString().replace('Z', ''),
        })),
      },
    });
  }

  knowledge(contactId: string, busNumber: string, text: string, contextRefId?: string): Promise<Answered> {
    return this.call('POST', 'eai-real-time-insight/v4/direct-query', {
      schemaVersion: '1.0.0',
      timestamp: '2026-03-01T09:30:00Z',
      meta: { tenantId: '443a2ac9-41a7-4549-8534-5b7245992e81', busNumber, contactNumber: contactId, provider: 'ECA' },
      query: { uid: '1', text, language: 'en-us' },
      kbFiltering: { filters: {}, ...(contextRefId === undefined ? {} : { conversationContextRefId: contextRefId }) },
      config: { kbAnswers: { answers: { enabled: true, maxWords: 100 } }, awsBedrock: { awsBedrockKbId: 'KB1', maxKernels: 5 } },
    });
  }
}
