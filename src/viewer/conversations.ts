/** The conversations and skills of the tenant, with the few things that one does by hand. */
import { api, type ApiError } from './api.js';
import { tools } from './tools/tools.js';
import { copyButton } from './copy.js';
import { badge, button, h, redraw, wire } from './dom.js';
import type { Page, Part } from './page.js';
import { plural } from './plural.js';
import type { Agent, Conversation, Skill } from './records.js';
import { refresher } from './refresher.js';

export function conversationsView(page: Page): Part {
  const conversations = h('div', { class: 'tablebox' });
  const staff = h('div', { class: 'tablebox' });
  let drawn = '';
  const done = refresher(async () => {
    try {
      // The clock first: what is due after it was read is read again.
      await Promise.all(byHand.map(async ({ read }) => read?.()));
      const [list, skills, agents] = await Promise.all([api.conversations(), api.skills(), api.agents()]);
      const json = JSON.stringify([list, skills, agents]);
      if (json === drawn) return;
      drawn = json;
      redraw(
        conversations,
        list.items.length === 0 ? none() : table(page, list.items, done),
        ...(list.total > list.items.length
          ? [h('p', { class: 'muted' }, `The newest ${String(list.items.length)} of ${plural(list.total, 'conversation')}.`)]
          : []),
      );
      redraw(staff, skillTable(page, skills.items, done), ...(agents.items.length === 0 ? [] : [agentTable(agents.items)]));
    } catch (problem) {
      page.say((problem as ApiError).message);
    }
  });
  const byHand = tools(page, done);
  const element = h(
    'section',
    { class: 'sheet', 'aria-label': 'Conversations' },
    h('header', {}, h('h2', {}, 'Conversations'), h('div', { class: 'tools' }, ...byHand.map((tool) => tool.element))),
    conversations,
    h('h2', {}, 'Skills and agents'),
    staff,
  );
  return {
    element,
    update: () => undefined,
    changed: done,
  };
}

function none(): HTMLElement {
  return h(
    'div',
    { class: 'nothing' },
    h('h3', {}, 'No conversation is open'),
    h('p', {}, 'In production a customer arrives and CXone opens one. Here you open it, above, and hand its id to the bot.'),
  );
}

function table(page: Page, items: readonly Conversation[], done: () => void): HTMLElement {
  return h(
    'table',
    {},
    h('caption', { class: 'offscreen' }, 'Conversations, newest first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['conversation', 'state', 'channel', 'contact', 'skill', 'opened', 'do'].map((name) =>
          h('th', { scope: 'col' }, name),
        ),
      ),
    ),
    h('tbody', {}, ...items.map((one) => rowOf(page, one, done))),
  );
}

function rowOf(page: Page, one: Conversation, done: () => void): HTMLElement {
  const { conversationId, contactId, state, channel, skillId, createdAt } = one;
  const cell = (name: string, ...inside: (Node | string)[]): HTMLElement => h('td', { 'data-name': name }, ...inside);
  const end = button(
    'End',
    () => {
      api.end(conversationId).then(done, (problem: unknown) => {
        page.say((problem as ApiError).message);
      });
    },
    { 'aria-label': `End ${wire(conversationId)}` },
  );
  return h(
    'tr',
    {},
    cell(
      'conversation',
      h('a', { href: page.link({ view: 'conversation', conversation: conversationId, trace: undefined }) }, wire(conversationId)),
    ),
    cell('state', badge(state, state)),
    cell('channel', wire(channel.slice(0, 64))),
    cell('contact', wire(contactId)),
    cell('skill', skillId === null ? '–' : String(skillId)),
    cell('opened', h('time', { datetime: createdAt, title: createdAt }, new Date(createdAt).toLocaleString())),
    cell(
      'do',
      h(
        'div',
        { class: 'actions' },
        copyButton('Copy id', () => conversationId, { 'aria-label': `Copy the id ${wire(conversationId)}` }),
        ...(state === 'ended' ? [] : [end]),
      ),
    ),
  );
}

function skillTable(page: Page, items: readonly Skill[], done: () => void): HTMLElement {
  const change = (skill: Skill, by: number): HTMLElement =>
    button(
      by > 0 ? '+' : '−',
      () => {
        api.setSkill(skill.skillId, { agents: Math.max(0, skill.agents + by) }).then(done, (problem: unknown) => {
          page.say((problem as ApiError).message);
        });
      },
      {
        class: 'small',
        'aria-label': by > 0 ? `One agent more for ${wire(skill.name)}` : `One agent less for ${wire(skill.name)}`,
        disabled: by < 0 && skill.agents === 0,
      },
    );
  return h(
    'table',
    {},
    h('caption', { class: 'offscreen' }, 'Skills'),
    h(
      'thead',
      {},
      h('tr', {}, ...['skill', 'name', 'agents without a name', 'hours'].map((name) => h('th', { scope: 'col' }, name))),
    ),
    h(
      'tbody',
      {},
      ...items.map((skill) =>
        h(
          'tr',
          {},
          h('td', { 'data-name': 'skill' }, String(skill.skillId)),
          h('td', { 'data-name': 'name' }, wire(skill.name)),
          h(
            'td',
            { 'data-name': 'agents' },
            h('span', { class: 'stepper' }, change(skill, -1), h('b', {}, String(skill.agents)), change(skill, 1)),
          ),
          h('td', { 'data-name': 'hours' }, skill.hours === undefined ? 'always open' : `profile ${String(skill.hours)}`),
        ),
      ),
    ),
  );
}

function agentTable(items: readonly Agent[]): HTMLElement {
  return h(
    'table',
    {},
    h('caption', { class: 'offscreen' }, 'Agents'),
    h('thead', {}, h('tr', {}, ...['agent', 'name', 'state', 'skills'].map((name) => h('th', { scope: 'col' }, name)))),
    h(
      'tbody',
      {},
      ...items.map(({ agentId, name, state, skills }) =>
        h(
          'tr',
          {},
          h('td', { 'data-name': 'agent' }, String(agentId)),
          h('td', { 'data-name': 'name' }, wire(name)),
          h('td', { 'data-name': 'state' }, wire(state)),
          h('td', { 'data-name': 'skills' }, skills.join(', ')),
        ),
      ),
    ),
  );
}
