/** What the emulator is measured against: a bare Express 5 app that parses JSON and makes the same check by hand. */
import express from 'express';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CONVERSATION_ID = process.argv[2];

const conversation = {
  conversationId: CONVERSATION_ID,
  contactId: '463012345678',
  masterContactId: '463012345678',
  channel: 'webchat',
  state: 'bot',
  skillId: null,
  userId: null,
  metadata: {},
  attributes: {},
  createdAt: new Date().toISOString(),
  queuedAt: null,
  endedAt: null,
};
const conversations = new Map([[CONVERSATION_ID, conversation]]);

const app = express();
app.use(express.json());
app.post('/api/v2/conversations/webchat', (request, response) => {
  const { sessionId, metadata, skillId } = request.body;
  if (typeof sessionId !== 'string' || !UUID.test(sessionId) || !conversations.has(sessionId)) {
    response.status(400).json({ errorCode: 'BadRequest', message: 'Bad Request' });
    return;
  }
  const queued = {
    ...conversations.get(sessionId),
    state: 'queued',
    metadata: metadata ?? {},
    skillId: skillId ?? null,
    queuedAt: new Date().toISOString(),
  };
  conversations.set(sessionId, queued);
  response.json(queued);
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${String(server.address().port)}`);
});
