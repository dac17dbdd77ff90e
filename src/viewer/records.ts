/** What the control API answers, as far as the page uses it. */

export interface Conversation {
  readonly conversationId: string;
  readonly contactId: string;
  readonly masterContactId: string;
  readonly channel: string;
  readonly state: 'bot' | 'queued' | 'agent' | 'ended';
  readonly skillId: number | null;
  readonly userId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly queuedAt: string | null;
  readonly endedAt: string | null;
}

export interface Signal {
  readonly contactId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly receivedAt: string;
}

export interface Transcript {
  readonly contactId: string;
  readonly receivedAt: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface Skill {
  readonly skillId: number;
  readonly name: string;
  readonly agents: number;
  readonly hours?: number;
}

export interface Agent {
  readonly agentId: number;
  readonly name: string;
  readonly state: string;
  readonly skills: readonly number[];
}

export interface TenantSeen {
  readonly name: string;
  readonly traces: number;
  readonly latestAt: string;
}

export interface Health {
  readonly version: string;
  readonly startedAt: string;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly dropped?: number;
}
