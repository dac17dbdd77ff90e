/** What a tenant's state is made of when it is new, or was reset. */
import type { Agent } from '../model/agent.js';
import type { HoursProfile } from '../model/hours.js';
import type { ConversationIds } from '../model/ids.js';
import type { Skill } from '../model/skill.js';
import type { RandomSource } from './random.js';
import type { NewConversation } from './store.js';

/** What a tenant has after a reset. */
export interface Seeds {
  readonly skills: readonly Skill[];
  readonly agents: readonly Agent[];
  readonly hours: readonly HoursProfile[];
  readonly conversations: readonly NewConversation[];
}

export interface TenantMaterial {
  readonly seeds: Seeds;
  readonly conversationIds: ConversationIds;
  /** ISO 8601: when what is seeded was opened. */
  readonly seededAt: string;
  /** The source of chance, by how often the tenant was reset. */
  readonly random: (resets: number) => RandomSource;
}
