import { expect, test } from 'cxone-emulator/vitest';
import { escalate, handOver } from '../bot.js';

test('hands a conversation over', async ({ cxone }) => {
  const { conversationId } = await cxone.openConversation();
  expect(await handOver(cxone, conversationId, 'billing')).toBeAccepted();
  expect(cxone).toHaveReceivedHandover({ conversationId, metadata: { intent: 'billing' } }, 1);
});

test('the bot’s own session id is refused', async ({ cxone }) => {
  expect(await handOver(cxone, 'abc-123', 'billing')).toBeRejectedWith('CONVERSATION_ID_FORMAT');
  expect(cxone).not.toHaveReceivedHandover();
});

test('escalates in time', async ({ cxone }) => {
  const { contactId } = await cxone.openConversation({ channel: 'voice' });
  setTimeout(() => void escalate(cxone, contactId, 'billing'), 20);
  await cxone.verify({ requests: [{ operationId: 'signalContact', contactId, query: { p1: 'Escalate' } }], within: 5000 });
  expect(cxone).toHaveReceivedSignal({ contactId, p1: 'Escalate', p2: 'billing' });
});

/** Never called: what the compiler says of it is the test. */
export function types(): void {
  // @ts-expect-error -- no code of the catalogue
  expect({}).toBeRejectedWith('CONVERSATION_ID_FORMT');
  // @ts-expect-error -- a signal has nine parameters
  expect({}).toHaveReceivedSignal({ p10: 'x' });
}
