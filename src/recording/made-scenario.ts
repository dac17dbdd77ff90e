/** The scenario that a recording makes: what is given, then a step for each request. */
import type { TenantIdentity } from '../cxone/model/ids.js';
import { asAccess, CaptureNames } from './captures.js';
import { expectationOf } from './expected.js';
import { arranges, givenOf, type Row } from './setup.js';
import { reasonsToLeaveOut } from './skipped.js';
import type { Recorded } from './recorded.js';
import { type Source, sourcesOf } from './references.js';
import { requestOf } from './request-step.js';
import type { Secrets } from './secrets.js';
import { Wording } from './placeholders.js';
import { isQuiet, isStep } from './filter.js';

/** A scenario as its file has it, and what is told about it. */
export interface MadeScenario {
  readonly given: Row;
  /** With what is said before each in the file; a step that is left out has only that. */
  readonly steps: readonly MadeStep[];
  /** What values became captures, by their names. */
  readonly captured: readonly string[];
  /** How many conversations are given. */
  readonly conversations: number;
}

export interface MadeStep {
  readonly step: Row | undefined;
  /** What was left out here, in one line each. */
  readonly notes: readonly string[];
}

/** An exchange, in words what never became one, or nothing yet. */
export type Place = Recorded | string | undefined;

/** What a scenario is made from. */
export interface Material {
  /** In the order of arrival. */
  readonly places: readonly Place[];
  readonly identity: TenantIdentity;
  /** Those of the emulator; `scripts` is its folder, seen from the file. */
  readonly settings: Row;
}

export function makeScenario(material: Material, secrets: Secrets): MadeScenario {
  // What is a secret in a later request is one in an earlier, too: the first time only finds them.
  make(material, secrets);
  return make(material, secrets);
}

function make({ places, identity, settings }: Material, secrets: Secrets): MadeScenario {
  const recorded = places.filter((one) => typeof one === 'object');
  const lost = lostAmong(places);
  const wording = new Wording(secrets, identity, [...new Set(recorded.map(({ baseUrl }) => baseUrl))]);
  const firstStep = recorded.findIndex((one) => !one.control || (isStep(one) && !arranges(one)));
  const isGiven = (index: number): boolean => {
    const one = recorded[index];
    return one !== undefined && (firstStep === -1 || index < firstStep) && arranges(one);
  };
  const { given, brought } = givenOf(
    recorded.filter((_, index) => isGiven(index)),
    settings,
    wording,
  );
  const literals = new Set(brought);
  const reasons = reasonsToLeaveOut(recorded);
  const quiet = (index: number): boolean => isQuiet(recorded[index]) || isGiven(index);
  const sources = sourcesOf(recorded, literals, quiet, (index) => reasons.has(index));
  const names = new CaptureNames();
  const steps: MadeStep[] = [];
  for (const [index, one] of recorded.entries()) {
    const notes = lost.filter(({ after }) => after === index).map(({ note }) => secretless(note, wording));
    const captures = [...sources.values()].filter((source) => source.index === index);
    const reason = reasons.get(index);
    const skip = isGiven(index) || (isQuiet(one) && captures.length === 0);
    if (reason !== undefined && !skip)
      notes.push(`Left out: ${secretless(titleOf(one, wording), wording)}: ${secretless(reason, wording)}.`);
    const step = skip || reason !== undefined ? undefined : stepOf(one, wording, literals, captures, names);
    const secret = step === undefined ? undefined : secrets.within(JSON.stringify(step));
    if (secret === undefined) steps.push({ step, notes });
    else
      steps.push({
        step: undefined,
        notes: [...notes, `Left out: a request in which ${secret} stands where no name can take its place.`],
      });
  }
  const rest = lost.filter(({ after }) => after >= recorded.length).map(({ note }) => secretless(note, wording));
  if (rest.length > 0) steps.push({ step: undefined, notes: rest });
  return {
    given,
    steps,
    captured: names.all,
    conversations: (given.conversations as readonly unknown[] | undefined)?.length ?? 0,
  };
}

/** What never became an exchange, and after how many of those it came. */
function lostAmong(places: readonly Place[]): { readonly after: number; readonly note: string }[] {
  let after = 0;
  return places.flatMap((one) => {
    if (typeof one === 'object') after += 1;
    return typeof one === 'object' ? [] : [{ after, note: one ?? 'Left out: a request that was not answered yet.' }];
  });
}

function stepOf(one: Recorded, wording: Wording, literals: Set<string>, captures: readonly Source[], names: CaptureNames): Row {
  const step: Row = { name: titleOf(one, wording), request: requestOf(one, wording, hasGoodToken(one)) };
  step.expect = expectationOf(one, wording, literals);
  const capture: Record<string, string> = {};
  for (const { steps, value } of captures) {
    const name = names.next(steps);
    capture[name] = `{{ body${steps.map(asAccess).join('')} }}`;
    wording.know(value, `captured.${name}`);
  }
  if (captures.length > 0) step.capture = capture;
  return step;
}

/** A good token that no recorded answer issued: of a client that had it from before. */
function hasGoodToken({ operation, headers, answer: { cause, warnings } }: Recorded): boolean {
  if (operation === undefined || operation.token === 'none' || headers.authorization === undefined) return false;
  return cause?.code.startsWith('TOKEN_') !== true && warnings?.includes('TOKEN_NOT_CHECKED') === false;
}

function titleOf({ method, path, operation, answer }: Recorded, wording: Wording): string {
  const where =
    operation?.path ??
    wording
      .pieces(path)
      .map((piece) => ('text' in piece ? piece.text : '…'))
      .join('');
  const title = `${method} ${where} is answered ${String(answer.status)}${answer.cause === undefined || answer.status < 400 ? '' : ` ${answer.cause.code}`}`;
  return title.length > 300 ? `${title.slice(0, 299)}…` : title;
}

function secretless(text: string, wording: Wording): string {
  return wording
    .pieces(text)
    .map((piece) => ('text' in piece ? piece.text : '…'))
    .join('');
}
