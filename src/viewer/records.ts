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
  /** What the last exchange with a bot came to. */
  readonly bot?: {
    readonly virtualAgent: string;
    readonly turns: number;
    readonly branchName: string | null;
    readonly intent: string | null;
  };
  /** Who has it, or had it last. */
  readonly agent?: { readonly name: string; readonly since: string };
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

export interface Clock {
  readonly now: string;
  readonly frozen: boolean;
  readonly waiting: number;
  readonly nextAt: string | null;
}

export interface ClockSetting {
  readonly advance?: string;
  readonly frozen?: boolean;
}

export interface FaultSetting {
  readonly operationId?: string;
  readonly method?: string;
  readonly path?: string;
  readonly contactId?: string;
  readonly conversationId?: string;
  readonly nth?: number;
  readonly times?: number;
  readonly probability?: number;
  readonly latency?: number;
  readonly status?: number;
  readonly effect?: string;
  readonly performed?: boolean;
}

export interface Fault {
  readonly faultId: string;
  readonly seen: number;
  readonly fired: number;
  readonly setting: FaultSetting;
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
}
