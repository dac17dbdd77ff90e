/** The library: an emulator inside a program, for tests, and scenarios that run from them. */
import type { ScenarioOptions, ScenarioRun, ScenarioSource } from './testing/run-scenario.js';

export { ConfigFaults, type ConfigFault } from './config/load-config.js';
export type { ConversationIdForm } from './cxone/model/ids.js';
export type { BotTurn, ConversationAgent } from './cxone/model/conversation.js';
export type { Message, Speaker } from './cxone/model/message.js';
export type { Skill, SkillAnswers } from './cxone/model/skill.js';
export type { ConversationControlView, Said } from './control/conversations.js';
export type { BotProtocol, NewVirtualAgent, VirtualAgent } from './studio/bots/virtual-agent.js';
export { createEmulator, type EmulatorOptions } from './emulator/create-emulator.js';
export type { Emulator, EmulatorParts } from './emulator/emulator.js';
export type { Reloaded } from './emulator/reload.js';
export type { Explained, Question } from './control/explain.js';
export type { Difference, ExpectedRequest, RequestPattern } from './control/verification/expectation.js';
export type { RequestFilter } from './control/verification/operations.js';
export type { CauseOfRequest, RequestRecord } from './control/verification/request-record.js';
export type { Expectations, Nearest, Verdict } from './control/verification/evaluator.js';
export { ControlError, type Tenant, VerificationError } from './control/tenant-client.js';
export type { ConversationView } from './cxone/conversation-view.js';
export type { ErrorBodies } from './pipeline/index.js';
export type { Effect, Fault, FaultSetting } from './cxone/faults.js';
export type { ClockSetting } from './control/clock.js';
export type { Clock, ClockView } from './cxone/clock.js';
export {
  CATALOGUE,
  type CatalogueEntry,
  type Code,
  type Place,
  type Provenance,
  type RefusalCode,
  type WarningCode,
} from './errors/catalogue.js';
export type { ScenarioFailure, ScenarioOptions, ScenarioRun, ScenarioSource, ScenarioStep } from './testing/run-scenario.js';
export type { LogLevel, PartialSettings, Settings } from './config/settings.js';
export type { NewConversation, TenantSnapshot } from './cxone/store/store.js';
export type { TraceFilter, TraceKind } from './trace/filter.js';
export type { TraceList, TraceListener } from './trace/log.js';
export { causeOf, type Level, type Outcome, type Trace, type TraceEntry, warningsOf } from './trace/trace.js';
export { FileFaults, type FileFault } from './shared/file-errors.js';

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
  const { runScenarioFrom } = await import('./testing/run-scenario.js');
  return runScenarioFrom(scenario, options);
}
