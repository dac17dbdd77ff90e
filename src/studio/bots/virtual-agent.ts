/** A virtual agent as Virtual Agent Hub knows it: a bot by name, where it is reached, and by which protocol. */

export const BOT_PROTOCOLS = ['exchange', 'cognigy-rest'] as const;

/** `exchange`: NiCE's published contract for custom bots (doc). `cognigy-rest`: Cognigy's own REST endpoint (doc), without NiCE's bridge. */
export type BotProtocol = (typeof BOT_PROTOCOLS)[number];

export const BOT_CONTRACTS = ['published', 'observed'] as const;

/**
 * How an exchange is written. `published`: as NiCE's document has it (doc). `observed`: as public bots have it that run behind
 * Virtual Agent Hub (client): numbers for names, and answers that are looser.
 */
export type BotContract = (typeof BOT_CONTRACTS)[number];

export interface VirtualAgent {
  readonly name: string;
  /** Where the bot is reached; undefined where a stand-in plays it. */
  readonly url?: string;
  /** The file of the stand-in bot that plays it. */
  readonly standIn?: string;
  readonly protocol: BotProtocol;
  /** Of the protocol `exchange`. */
  readonly contract: BotContract;
  /** By name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Goes to the bot with each exchange, as registered in the hub. */
  readonly botConfig?: unknown;
  /** In seconds. */
  readonly timeout: number;
}

/** As the config file has it: what is left out gets its default. */
export type NewVirtualAgent = Pick<VirtualAgent, 'name'> & Partial<VirtualAgent>;
