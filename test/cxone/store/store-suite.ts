/** What every store must do; each adapter runs this suite. */
import { describe, expect, test } from 'vitest';
import { ALWAYS_OPEN } from '../../../src/cxone/model/hours.js';
import { conversationIds } from '../../../src/cxone/model/ids.js';
import { DEFAULT_SKILL } from '../../../src/cxone/model/skill.js';
import type { MemoryStoreMaterial } from '../../../src/cxone/store/memory.js';
import { randomSource } from '../../../src/cxone/store/random.js';
import type { Store } from '../../../src/cxone/store/store.js';

const NOW = '2026-03-01T09:30:00.000Z';

const MATERIAL: MemoryStoreMaterial = {
  seeds: {
    skills: [DEFAULT_SKILL],
    agents: [],
    hours: [ALWAYS_OPEN],
    conversations: [{ contactId: '463000000001', attributes: { seeded: 'yes' } }],
  },
  conversationIds: conversationIds('uuid'),
  seededAt: NOW,
  random: (tenant) => randomSource(tenant),
  bounds: { tenants: 1000, conversations: 100_000, bytes: 1e9 },
};

export function storeSuite(name: string, create: (material: MemoryStoreMaterial) => Store): void {
  describe(name, () => {
    const exported = (store: Store, tenant = 'default'): Promise<string> =>
      store.run(tenant, (state) => JSON.stringify(state.export()));
    /** A change of each kind beside conversations, contacts and users. */
    const change = (state: Parameters<Parameters<Store['run']>[1]>[0], n: number): void => {
      state.putSkill({ skillId: n, name: `skill ${String(n)}`, agents: n, hours: 1 });
      state.putSkill({ skillId: 4001, name: 'Support', agents: n });
      state.putAgent({ agentId: 1, name: `agent ${String(n)}`, state: 'Available', skills: [n] });
      state.putHours({ ...ALWAYS_OPEN, name: `hours ${String(n)}` });
      state.addSignal({ contactId: '463000000001', parameters: { p1: String(n) }, receivedAt: NOW });
      state.addTranscript({ contactId: '463000000001', receivedAt: NOW, content: { n } });
      state.revokeTokens(NOW);
      state.newId();
    };
    const fill = (store: Store): Promise<unknown> =>
      store.run('default', (state) => {
        const conversation = state.openConversation(
          { userId: 'u', attributes: { a: '1' }, contactId: '463000000009', masterContactId: '463000000008' },
          NOW,
        );
        state.updateConversation({ ...conversation, state: 'queued', skillId: 4001 });
        state.setUserAttributes('u', { b: '2' });
        state.setContactAttributes('463000000001', {});
        change(state, 1);
      });

    test('names the tenants that were written to', async () => {
      const store = create(MATERIAL);
      await fill(store);
      await store.run('read', (state) => state.conversations());
      expect(await store.tenants()).toEqual(['default']);
    });

    test('reads what was written, also within the unit', async () => {
      const store = create(MATERIAL);
      await fill(store);
      await store.run('default', (state) => {
        expect(state.conversations().length).toBe(2);
        expect(state.contactsWith('a', '1')).toMatchObject([{ contactId: '463000000009', masterContactId: '463000000008' }]);
        expect(state.contactsWith('seeded', 'yes')).toEqual([]);
        expect(state.usersWith('b', '2')).toMatchObject([{ userId: 'u' }]);
        expect(state.conversationsOfUser('u')).toMatchObject([{ state: 'queued', skillId: 4001 }]);
        expect(state.attributesWith('2')).toEqual([{ owner: 'user', ownerId: 'u', name: 'b' }]);
        expect(state.conversations().map(({ order }) => order)).toEqual(
          state
            .conversations()
            .map(({ order }) => order)
            .sort((one, other) => other - one),
        );
        state.setContactAttributes('463000000009', { a: '3' });
        expect(state.contactsWith('a', '1')).toEqual([]);
        expect(state.contactsWith('a', '3')).toHaveLength(1);
        expect(state.skill(1)).toMatchObject({ name: 'skill 1', hours: 1 });
        expect(state.agents()).toMatchObject([{ name: 'agent 1' }]);
        expect(state.hoursProfile(1)).toMatchObject({ name: 'hours 1' });
        expect(state.contacts()).toHaveLength(3);
        expect(state.contactsSpawnedFrom('463000000008')).toMatchObject([{ contactId: '463000000009' }]);
        change(state, 2);
        expect(state.signals().items.map(({ parameters }) => parameters.p1)).toEqual(['2', '1']);
        expect(state.transcripts().items.map(({ content }) => content.n)).toEqual([2, 1]);
      });
    });

    test('every id and every revocation is another one', async () => {
      const store = create(MATERIAL);
      const marks = await store.run('default', (state) =>
        Array.from({ length: 3 }, () => {
          state.revokeTokens(NOW);
          return [state.revocation, state.newId()];
        }).flat(),
      );
      expect(new Set(marks).size).toBe(6);
    });

    test('takes everything back where the work throws, and in a dry run', async () => {
      const store = create(MATERIAL);
      await fill(store);
      const before = await exported(store);
      const work = (state: Parameters<Parameters<Store['run']>[1]>[0]): void => {
        state.openConversation({ userId: 'v', attributes: { a: '1' } }, NOW);
        state.setUserAttributes('u', { b: '9' });
        state.setContactAttributes('463000000009', {});
        change(state, 2);
        state.reset();
        expect(state.revocation).toBeUndefined();
        change(state, 3);
        state.openConversation({ userId: 'w' }, NOW);
        state.import({
          version: 1,
          issued: { conversations: 9, contacts: 9, records: 9 },
          skills: [],
          users: [],
          contacts: [],
          conversations: [],
        });
        expect(state.conversations().length).toBe(0);
      };
      await store.run('default', work, { dryRun: true });
      expect(await exported(store)).toBe(before);
      await expect(
        store.run('default', (state) => {
          work(state);
          throw new Error('in the middle');
        }),
      ).rejects.toThrow('in the middle');
      expect(await exported(store)).toBe(before);
      await store.run('default', (state) => {
        expect(state.usersWith('b', '2')).toHaveLength(1);
        expect(state.usersWith('b', '9')).toEqual([]);
        expect(state.contactsWith('a', '1')).toHaveLength(1);
        expect(state.conversationsOfUser('v')).toEqual([]);
      });
    });

    test('goes round: what is exported and imported is exported again to the byte', async () => {
      const [store, other] = [create(MATERIAL), create(MATERIAL)];
      await fill(store);
      const text = await exported(store);
      await other.run('default', (state) => {
        state.import(JSON.parse(text) as Parameters<typeof state.import>[0]);
      });
      expect(await exported(other)).toBe(text);
    });

    test('is back to the seeds after a reset', async () => {
      const store = create(MATERIAL);
      const before = await exported(store);
      await fill(store);
      await store.run('default', (state) => {
        state.reset();
      });
      expect(await exported(store)).toBe(before);
    });

    test('keeps tenants apart, and at most a thousand of them: the idle ones go first', async () => {
      const store = create(MATERIAL);
      const write = (tenant: string): Promise<unknown> => store.run(tenant, (state) => state.openConversation({}, NOW));
      const count = (tenant: string): Promise<number> => store.run(tenant, (state) => state.conversations().length);
      await write('kept');
      await write('idle');
      for (let index = 0; index < 998; index += 1) await write(`t${String(index)}`);
      await count('kept');
      await write('one-more');
      expect(await count('kept')).toBe(2);
      expect(await count('idle')).toBe(1);
    });

    test('reads the same from a tenant that was never written to', async () => {
      const store = create({ ...MATERIAL, seeds: { ...MATERIAL.seeds, conversations: [{}] } });
      const before = await exported(store, 'untouched');
      expect(await exported(store, 'untouched')).toBe(before);
    });

    test('a reset that is taken back gives back the ids to come', async () => {
      const material: MemoryStoreMaterial = {
        ...MATERIAL,
        random: (tenant, resets) => randomSource(`${tenant}/${String(resets)}`),
      };
      const open = (store: Store): Promise<string> => store.run('default', (state) => state.openConversation({}, NOW).contactId);
      const [store, other] = [create(material), create(material)];
      await store.run(
        'default',
        (state) => {
          state.reset();
        },
        { dryRun: true },
      );
      expect(await open(store)).toBe(await open(other));
      await store.run('default', (state) => {
        state.reset();
      });
      expect(await open(store)).not.toBe(await open(other));
    });

    test('reading makes no tenant', async () => {
      const store = create(MATERIAL);
      await store.run('kept', (state) => state.openConversation({}, NOW));
      for (let index = 0; index < 1100; index += 1) await store.run(`t${String(index)}`, (state) => state.conversations().length);
      expect(await store.run('kept', (state) => state.conversations().length)).toBe(2);
    });
  });
}
