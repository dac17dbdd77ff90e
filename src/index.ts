/** The library: an emulator inside a program, for tests, and scenarios that run from them. */
import { loadConfig } from './config.js';
import { type Emulator, type EmulatorParts, startEmulator } from './emulator/emulator.js';
import type { ScenarioOptions, ScenarioRun, ScenarioSource } from './run-scenario.js';
import type { PartialSettings } from './settings.js';

export { ConfigFaults, type ConfigFault } from './config.js';
export type { ConversationIdForm } from './contact/ids.js';
export type { BotTurn, ConversationAgent } from './contact/conversation.js';
export type { Message, Speaker } from './contact/message.js';
export type { Skill, SkillAnswers } from './contact/skill.js';
export type { ConversationControlView, Said } from './control/conversations.js';
export type { BotProtocol, NewVirtualAgent, VirtualAgent } from './studio/bots/virtual-agent.js';
export type { Emulator, EmulatorParts } from './emulator/emulator.js';
export type { Reloaded } from './emulator/reload.js';
export type { Explained, Question } from './control/explain.js';
export type { Difference, ExpectedRequest, RequestPattern } from './control/verification/expectation.js';
export type { RequestFilter } from './control/verification/operations.js';
export type { CauseOfRequest, RequestRecord } from './control/verification/request-record.js';
export type { Expectations, Nearest, Verdict } from './control/verification/tally.js';
export { ControlError, type Tenant, VerificationError } from './library.js';
export type { ConversationView } from './platform/conversation-view.js';
export type { ErrorBodies } from './pipeline/index.js';
export type { Effect, Fault, FaultSetting } from './platform/faults.js';
export type { ClockSetting } from './control/clock.js';
export type { Clock, ClockView } from './platform/clock.js';
export {
  CATALOGUE,
  type CatalogueEntry,
  type Code,
  type Place,
  type Provenance,
  type RefusalCode,
  type WarningCode,
} from './rejections.js';
export type { ScenarioFailure, ScenarioOptions, ScenarioRun, ScenarioSource, ScenarioStep } from './run-scenario.js';
export type { LogLevel, PartialSettings, Settings } from './settings.js';
export type { NewConversation, TenantSnapshot } from './state/store.js';
export type { TraceFilter, TraceKind } from './trace/filter.js';
export type { TraceList, TraceListener } from './trace/log.js';
export { causeOf, type Level, type Outcome, type Trace, type TraceEntry, warningsOf } from './trace/trace.js';
export { FileFaults, type FileFault } from './file-faults.js';

/** Settings by their names in the config file, the path of such a file, and parts to exchange. */
export interface EmulatorOptions extends PartialSettings, EmulatorParts {
  /** Path of a config file; what is given beside it wins. */
  readonly config?: string;
}

/**
 * Starts an emulator. It prints nothing and reads no environment variable; many can run in one process.
 *
 * @example
 * const emulator = await createEmulator({ port: 0 });
 * await fetch(`${emulator.url}/api/v2/conversations/webchat`, { method: 'POST', … });
 * emulator.traces()[0]?.entries;
 * await emulator.close();
 *
 * Throws ConfigFaults where an option is bad, and Node's EADDRINUSE where the port is taken.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { config, clock, listen, onBug, onNote, ...settings } = options;
  const parts = { clock, listen, onBug, onNote };
  return startEmulator(
    await loadConfig({ file: config, options: settings }),
    Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
  );
}

/**
 * Runs a scenario in a tenant of its own: the file at a path, or `{ text }`. One that fails is a result, no error.
 *
 * @example
 * const run = await runScenario('scenarios/my-handover.yaml');
 * assert.ok(run.passed, run.explanation);
 *
 * Rejects with FileFaults where the file cannot be used (or needs settings that `target` cannot be given), with an Error
 * where no emulator answers at `target`, and with the reason of `signal`.
 */
export async function runScenario(scenario: ScenarioSource, options: ScenarioOptions = {}): Promise<ScenarioRun> {
  const { runScenarioFrom } = await import('./run-scenario.js');
  return runScenarioFrom(scenario, options);
}
