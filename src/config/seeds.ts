/** Checks the conversations that the config seeds, by the same rules as those opened later. */
import { type ConfigFault, ConfigFaults, type LoadedConfig } from './load-config.js';
import { openable } from '../cxone/open-conversation.js';
import { Rejection } from '../errors/catalogue.js';
import { memoryStore } from '../cxone/store/memory.js';
import { randomSource } from '../cxone/store/random.js';
import type { NewConversation } from '../cxone/store/store.js';

/** The conversations with their ids in their stored form. Throws ConfigFaults. */
export async function readySeeds(config: LoadedConfig): Promise<NewConversation[]> {
  const { settings, conversationIds } = config;
  const scratch = memoryStore(() => ({
    seeds: { skills: settings.skills, agents: [], hours: [], conversations: [] },
    conversationIds,
    seededAt: new Date(0).toISOString(),
    random: () => randomSource('seeds'),
    bounds: { tenants: 1, conversations: Infinity, bytes: Infinity },
  }));
  const faults: ConfigFault[] = [];
  const ready = await scratch.run('seeds', (state) =>
    settings.conversations.flatMap((wanted, index) => {
      try {
        const conversation = openable(wanted, conversationIds, { concern: () => undefined }, state);
        state.openConversation(conversation, new Date(0).toISOString());
        return [conversation];
      } catch (problem) {
        if (!(problem instanceof Rejection)) throw problem;
        const { message, pointer, received, remedy } = problem.cause;
        const field = pointer?.slice(1) ?? '';
        faults.push(
          config.fault(
            ['conversations', index, field],
            `conversations.${String(index)}.${field} ${received}: ${message} ${remedy}`,
          ),
        );
        return [];
      }
    }),
  );
  if (faults.length > 0) throw new ConfigFaults(faults);
  return ready;
}
