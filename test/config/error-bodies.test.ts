/** Error bodies of the user's own, by family and status. */
import { expect, test } from 'vitest';
import { emulator, send } from '../support/client.js';

test('replace the known ones for their family and status only', async () => {
  const { url } = await emulator({
    errors: {
      conversations: { 400: { code: 7 } },
      webhooks: { 404: { gone: true } },
      control: { 404: { mine: 1 } },
    },
  });
  expect((await send(url, { body: { sessionId: 'abc-123' } })).text).toBe('{"code":7}');
  expect((await send(url, { path: '/api/v2/nothing' })).body).toMatchObject({ errorCode: 'NotFound' });
  expect((await send(url, { path: '/webhooks/x', body: {} })).body).toEqual({ gone: true });
  expect((await send(url, { path: '/_emulator/nothing' })).body).toMatchObject({ mine: 1, cause: { code: 'ROUTE_UNKNOWN' } });
});

test('keep the cause where it is asked for', async () => {
  const { url } = await emulator({ revealErrors: true, errors: { conversations: { 400: { code: 7 } } } });
  expect((await send(url, { body: {} })).body).toMatchObject({ code: 7, cause: { code: 'REQUIRED_FIELD_MISSING' } });
});

test.each([
  [{ conversation: { 400: {} } }, /errors\.conversation is no family of operations; did you mean conversations\?/],
  [
    { nothing: { 400: {} } },
    /errors\.nothing is no family of operations; there are conversations, auth, control, acd, knowledge, transcripts, webhooks/,
  ],
  [{ constructor: { 400: {} } }, /errors\.constructor is no family/],
  [{ conversations: { 418: {} } }, /errors\.conversations\."418" is never answered there; 400, /],
  [{ conversations: { 400: 'Bad' } }, /errors\.conversations\.400 must be object/],
])('are checked at the start: %j', async (errors, fault) => {
  await expect(emulator({ errors: errors as never })).rejects.toThrow(fault);
});
