/** Requests to be verified, and the calls that list and verify them. */
import { type Answer, CONVERSATION, type Message, send } from './client.js';

export const handover = (more: object = {}): Message => ({
  body: { sessionId: CONVERSATION, metadata: { intent: 'billing', tags: ['a', 'b'] }, skillId: 4001, ...more },
});

export const requests = async (url: string, query = '', tenant = ''): Promise<any> =>
  (await send(url, { path: `${tenant}/_emulator/requests${query}` })).body;

export const verify = (url: string, question: unknown, tenant = ''): Promise<Answer> =>
  send(url, { path: `${tenant}/_emulator/verify`, body: question });

export const is = (expected: object, more: object = {}): Readonly<Record<string, unknown>> => ({ requests: [expected], ...more });

export const HANDED_OVER = { operationId: 'handOverConversation' };
