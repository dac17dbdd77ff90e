/** What a reporter is: it is told how a run goes, and writes for a person or a program. */
import { causeOf } from '../../trace/trace.js';
import type { Failure, ScenarioResult, StepResult, Summary } from '../result.js';
import type { Scenario } from '../scenario.js';

export interface Reporter {
  readonly onStart?: (scenarios: readonly Scenario[]) => void;
  readonly onBegin?: (scenario: Scenario) => void;
  readonly onEnd: (result: ScenarioResult) => void;
  readonly onFinish: (summary: Summary) => void;
}

/** Where a reporter writes. */
export interface Output {
  /** The report itself. */
  readonly print: (text: string) => void;
  /** Progress, beside a report that a program reads. */
  readonly note: (text: string) => void;
  readonly colors: boolean;
  /** Whether what was printed last can be overwritten. */
  readonly live: boolean;
}

export interface ToldCause {
  readonly code: string;
  /** `body /sessionId`, or the action of the script. */
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly remedy: string | undefined;
}

/** Why the request of a failing step was refused, as its trace has it. */
export function causeToTell({ traces: [trace] }: Pick<StepResult, 'traces'>): ToldCause | undefined {
  const cause = causeOf(trace);
  if (cause === undefined) return undefined;
  const { code, pointer, action, expected, received, remedy } = cause;
  const place = [cause.in ?? '', pointer ?? ''].join(' ').trim();
  return { code: code ?? '', where: place === '' ? action : place, expected, received, remedy };
}

/** The file with the line and column of a failure. */
export function placeIn(result: ScenarioResult, { line, column }: Failure): string {
  return `${result.scenario.file}:${String(line)}:${String(column)}`;
}

/** A failure in plain words, without a diff. */
export function inWords({ where, expected, received }: Failure): string {
  return expected === undefined ? where : `${where}: expected ${expected}, received ${received ?? 'nothing'}`;
}

/** What a trace and a script have is told in words of ours, too; a failing step in plain lines. */
export function explained(result: ScenarioResult, step: StepResult): string[] {
  const cause = causeToTell(step);
  const answered = answeredWith(step);
  return [
    ...step.failures.flatMap((failure) => [
      `${placeIn(result, failure)} ${inWords(failure)}`,
      ...(failure.remedy === undefined ? [] : [`remedy: ${failure.remedy}`]),
    ]),
    ...(step.request === undefined ? [] : [`request: ${step.request}`]),
    ...(answered === undefined ? [] : [`answer: ${answered}`]),
    ...(cause === undefined
      ? []
      : [
          `cause: ${[cause.code, cause.where ?? ''].join(' ').trim()}`,
          ...(cause.expected === undefined ? [] : [`cause expected: ${cause.expected}`]),
          ...(cause.received === undefined ? [] : [`cause received: ${cause.received}`]),
          ...(cause.remedy === undefined ? [] : [`remedy: ${cause.remedy}`]),
        ]),
    ...(result.artifact === undefined ? [] : [`traces: ${result.artifact}`]),
  ];
}

/** `400 {"errorCode":"BadRequest"}`. */
export function answeredWith({ answer }: StepResult): string | undefined {
  if (answer === undefined) return undefined;
  const text = answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  return `${String(answer.status)} ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`.trim();
}

/** So many characters of a body are shown. */
const MOST_SHOWN = 300;
