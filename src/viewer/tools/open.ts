/** Opens a conversation, as when a customer arrives, and shows its id to copy. */
import { api, type ApiError } from '../api.js';
import { copyButton } from '../copy.js';
import { h, wire } from '../dom.js';
import type { ToolMaker } from './tool.js';

const FIELDS = [
  { name: 'conversationId', label: 'conversation id', hint: 'generated' },
  { name: 'contactId', label: 'contact id', hint: 'generated' },
  { name: 'channel', label: 'channel', hint: 'webchat' },
  { name: 'userId', label: 'user id', hint: 'none' },
  { name: 'attributes', label: 'attributes', hint: 'externalSessionId=abc-123' },
] as const;

export const openTool: ToolMaker = (page, done) => {
  const inputs = FIELDS.map(({ name, label, hint }) => ({
    name,
    label,
    input: h('input', { id: `open-${name}`, placeholder: hint, autocomplete: 'off', spellcheck: 'false' }),
  }));
  const opened = h('p', { class: 'opened', role: 'status' });
  const form = h(
    'form',
    { class: 'fields' },
    ...inputs.flatMap(({ label, input }) => [h('label', { for: input.id }, label), input]),
    h('span', {}),
    h('button', { type: 'submit', class: 'main' }, 'Open it'),
    h('span', {}),
    opened,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = inputs.flatMap(({ name, input }): [string, unknown][] => {
      const value = input.value.trim();
      return value === '' ? [] : [[name, name === 'attributes' ? attributesIn(value) : value]];
    });
    api.open(Object.fromEntries(given)).then(
      ({ conversationId }) => {
        opened.replaceChildren(
          'Opened ',
          h('code', {}, wire(conversationId)),
          ' ',
          copyButton('Copy id', () => conversationId),
        );
        done();
      },
      (problem: unknown) => {
        page.say((problem as ApiError).message);
      },
    );
  });
  return { element: h('details', { class: 'tool' }, h('summary', { class: 'main' }, 'Open a conversation'), form) };
};

/** `externalSessionId=abc-123, tier=gold` */
function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(/[,\n]/)
      .map((pair) => pair.trim())
      .filter(Boolean)
      .map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return [name.trim(), value.join('=').trim()];
      }),
  );
}
