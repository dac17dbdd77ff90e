import { createEmulator } from 'cxone-emulator';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';

let emulator: Awaited<ReturnType<typeof createEmulator>>;
beforeAll(async () => {
  emulator = await createEmulator({ listen: false });
});
afterAll(() => emulator.close());

test('supertest takes the app, and no port', async () => {
  const { conversationId } = await emulator.openConversation();
  await request(emulator.app)
    .post('/api/v2/conversations/webchat')
    .send({ sessionId: conversationId, skillId: 4001 })
    .expect(200);
  await emulator.verify({ operationId: 'handOverConversation', conversationId, count: 1 });
  const state = await emulator.state();
  await emulator.reset();
  await emulator.importState(state);
  await request(emulator.app).get('/_emulator/conversations?state=queued').expect(200);
});
