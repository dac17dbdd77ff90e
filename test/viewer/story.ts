/** What the pictures and the tests of the page look at: the thread's refusals, a script that looks a session up, a whole handover. */
import { request as httpRequest } from 'node:http';

export const STORY_CONVERSATION = '5e0d1f7a-8c1b-4b8e-9a55-0f4c2d6b7e11';
const CONTACT = '463012345678';
const HANDOVER = '/api/v2/conversations/webchat';

/** The ids of the traces, by what they are. */
export interface Story {
  readonly refused: string;
  readonly missing: string;
  readonly script: string;
  readonly brokenScript: string;
  readonly handover: string;
}

/** Needs the scripts in `scenarios/scripts`. `url` is where the tenant is reached. */
export async function tell(url: string): Promise<Story> {
  await send(url, '/_emulator/conversations', {
    conversationId: STORY_CONVERSATION,
    contactId: CONTACT,
    attributes: { externalSessionId: 'abc-777' },
  });
  await send(url, '/_emulator/conversations', { channel: 'voice' });
  const body = { sessionId: 'abc-777', metadata: { intent: 'billing' } };
  await send(url, '/aai/tms/transcripts/post', body);
  const token = await tokenOf(url);
  await send(url, '/aai/tms/transcripts/post', transcript(), { authorization: `Bearer ${token}` });
  await send(url, HANDOVER, JSON.stringify(body), { 'content-type': 'application/x-www-form-urlencoded' });
  await send(url, HANDOVER, "{'sessionId': 'abc-777'}");
  await send(url, '/api/v2/conversations/webchats', body);
  const missing = await send(url, HANDOVER, { sessionID: STORY_CONVERSATION, metadata: { intent: 'billing' } });
  const brokenScript = await send(url, '/webhooks/wrong-external-id', body);
  const script = await send(url, '/webhooks/handover-mapped-variable', body);
  const handover = await send(url, HANDOVER, {
    sessionId: STORY_CONVERSATION,
    metadata: { intent: '{{context.intent}}' },
    skillId: 4001,
  });
  await send(url, `/inContactAPI/services/v30.0/interactions/${CONTACT}/signal?p1=Escalate&p2=billing`, undefined, {
    authorization: `Bearer ${token}`,
  });
  const refused = await send(url, HANDOVER, {
    sessionId: 'abc-123',
    metadata: { intent: 'billing', customer: { tier: 'gold', language: 'de' } },
  });
  return { refused, missing, script, brokenScript, handover };
}

function transcript(): object {
  const said = (participantId: string, messageBody: string, milliseconds: number): object => ({
    participantId,
    messageBody,
    messageContentType: 'TRANSCRIPT',
    utcDateTime: new Date(Date.now() + milliseconds).toISOString().replace('Z', ''),
  });
  return {
    vendorId: 'Cognigy',
    busId: '4597359',
    virtualAgentId: '',
    contactId: CONTACT,
    contactState: 'SELF_SERVICE',
    mediaType: 'Digital',
    selfServiceSessionDetails: {
      transcriptPublishSettingOption: 'PUBLISH_TRANSCRIPTS_ONLY',
      sessionCompletionType: 'ESCALATED',
      sessionCompletionDetails: '',
      transcriptSummary: '',
      transcripts: [
        said('Bot', 'Hello! How can I help?', 1),
        said('Patron', 'My bill is wrong, I was charged twice.', 2),
        said('Bot', 'I see. Let me get somebody who can look into it.', 3),
      ],
    },
  };
}

async function tokenOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${btoa('bot:bot-secret')}` },
    body: 'grant_type=client_credentials',
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Answers the id of the trace. */
function send(url: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    httpRequest(
      url + path,
      {
        method: 'POST',
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (response) => {
        response.resume().on('end', () => {
          resolve(String(response.headers['x-emulator-trace-id']));
        });
      },
    )
      .on('error', reject)
      .end(text);
  });
}
