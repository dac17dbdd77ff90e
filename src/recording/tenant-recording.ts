/** What was recorded of one tenant, and the scenario that it makes: what is given, then a step for each request. */
import type { TenantIdentity } from '../contact/ids.js';
import type { Settings } from '../settings.js';
import { bodyOf } from './bodies.js';
import { expectationOf } from './expected.js';
import { jsonOf, type Recorded } from './recorded.js';
import { sentBy, type Source, sourcesOf } from './references.js';
import { requestOf, unsendable } from './request-step.js';
import type { Secrets } from './secrets.js';
import { Wording } from './wording.js';

type Row = Record<string, unknown>;

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

/** So much is kept of a session: a file with more steps nobody reads. */
export const MOST_RECORDED = { count: 10_000, bytes: 64 * 1024 * 1024 };

/** Calls of the control API that only look. */
const LOOKS = ['verifyRequests', 'explainRequest'];
/** Looks whose answers may have an id that a later request needs. */
const USEFUL_LOOKS = ['getConversation', 'listConversations', 'listSignals', 'listTranscripts', 'listSkillsHere', 'listAgents'];

/** What arranges the state before the first step stands in `given`. */
const ARRANGES: Readonly<Record<string, 'conversations' | 'skills' | 'agents' | 'hours'>> = {
  openConversation: 'conversations',
  setSkill: 'skills',
  setAgent: 'agents',
  setHours: 'hours',
};
const ID_IN_PATH = { skills: 'skillId', agents: 'agentId', hours: 'profileId' } as const;

export class TenantRecording {
  readonly name: string;
  /** In the order of arrival: an exchange, in words what never became one, or nothing yet. */
  readonly #places: (Recorded | string | undefined)[] = [];
  /** What an upstream knows and the emulator had to be given, by kind. */
  readonly #adopted: { readonly kind: 'conversations' | 'skills'; readonly row: Row }[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** How many came after there was no more room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next place; what the answer is called with stands there, as soon as it is known. undefined where there is no room. */
  begin(): ((recorded: Recorded | string) => void) | undefined {
    if (this.#places.length >= MOST_RECORDED.count || this.#bytes >= MOST_RECORDED.bytes) {
      this.#dropped += 1;
      return undefined;
    }
    const place = this.#places.push(undefined) - 1;
    return (recorded) => {
      this.#places[place] = recorded;
      if (typeof recorded !== 'string') this.#bytes += recorded.bytes.length + (recorded.answer.body?.length ?? 0);
    };
  }

  adopt(kind: 'conversations' | 'skills', row: Row): void {
    this.#adopted.push({ kind, row });
  }

  /** `settings` are those of the emulator; `scripts` its folder, seen from the file. */
  scenario(secrets: Secrets, identity: TenantIdentity, settings: Row): MadeScenario {
    // What is a secret in a later request is one in an earlier, too: the first time only finds them.
    this.#make(secrets, identity, settings);
    return this.#make(secrets, identity, settings);
  }

  #make(secrets: Secrets, identity: TenantIdentity, settings: Row): MadeScenario {
    const recorded = this.#places.filter((one) => typeof one === 'object');
    const lost = this.#lost();
    const wording = new Wording(secrets, identity, [...new Set(recorded.map(({ baseUrl }) => baseUrl))]);
    const firstStep = recorded.findIndex((one) => !one.control || (isStep(one) && !arranges(one)));
    const isGiven = (index: number): boolean => {
      const one = recorded[index];
      return one !== undefined && (firstStep === -1 || index < firstStep) && arranges(one);
    };
    const { given, brought } = this.#given(
      recorded.filter((_, index) => isGiven(index)),
      wording,
      settings,
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
      const step = skip || reason !== undefined ? undefined : this.#step(one, wording, literals, captures, names);
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
  #lost(): { readonly after: number; readonly note: string }[] {
    let after = 0;
    return this.#places.flatMap((one) => {
      if (typeof one === 'object') after += 1;
      return typeof one === 'object' ? [] : [{ after, note: one ?? 'Left out: a request that was not answered yet.' }];
    });
  }

  #step(one: Recorded, wording: Wording, literals: Set<string>, captures: readonly Source[], names: CaptureNames): Row {
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

  #given(
    rows: readonly Recorded[],
    wording: Wording,
    settings: Row,
  ): { readonly given: Row; readonly brought: readonly string[] } {
    const { scripts, credentials, virtualAgents, ...others } = settings;
    const given: Record<string, unknown> = {};
    if (Object.keys(others).length > 0)
      given.settings = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, wording.plain(value)]));
    if (scripts !== undefined) given.scripts = scripts;
    if (credentials !== undefined) given.credentials = wording.plain(withClientNames(credentials, wording));
    if (virtualAgents !== undefined) given.virtualAgents = botsOf(virtualAgents, wording);
    const lists: Record<'hours' | 'skills' | 'agents' | 'conversations', Row[]> = {
      hours: [],
      skills: [],
      agents: [],
      conversations: [],
    };
    for (const one of rows) {
      const kind = ARRANGES[one.operation?.operationId ?? ''];
      if (kind === undefined) continue;
      const body = sentRow(one);
      lists[kind].push(
        kind === 'conversations' ? withIds(body, jsonOf(one.answer) as Row) : { ...idOf(one, ID_IN_PATH[kind]), ...body },
      );
    }
    for (const { kind, row } of this.#adopted) lists[kind].push(row);
    for (const [kind, list] of Object.entries(lists)) if (list.length > 0) given[kind] = list.map((row) => wording.plain(row));
    return { given, brought: textsIn([lists, settings]) };
  }
}

/** A good token that no recorded answer issued: of a client that had it from before. */
function hasGoodToken({ operation, headers, answer: { cause, warnings } }: Recorded): boolean {
  if (operation === undefined || operation.token === 'none' || headers.authorization === undefined) return false;
  return cause?.code.startsWith('TOKEN_') !== true && warnings?.includes('TOKEN_NOT_CHECKED') === false;
}

/** In words, by the place of the exchange. */
function reasonsToLeaveOut(recorded: readonly Recorded[]): Map<number, string> {
  const reasons = new Map<number, string>();
  let revoked = false;
  for (const [index, one] of recorded.entries()) {
    if (one.operation?.operationId === 'revokeTokens') revoked = true;
    const code = one.answer.cause?.code;
    const reason =
      code === 'TENANT_MISMATCH'
        ? 'its token belongs to another tenant, which a scenario has none of'
        : code === 'TOKEN_EXPIRED' && !(revoked && issuedIn(recorded.slice(0, index), one))
          ? 'its token was good no more, and no step makes one like it'
          : unsendable(one);
    if (reason !== undefined) reasons.set(index, reason);
  }
  return reasons;
}

/** Whether an earlier answer issued a token that this one sends. */
function issuedIn(earlier: readonly Recorded[], one: Recorded): boolean {
  const tokens = sentBy(one).filter((value) => value.startsWith('eyJ'));
  return tokens.some((token) => earlier.some(({ answer }) => answer.body?.includes(token)));
}

/** Whether the control API is only looked at. */
function isQuiet(one: Recorded | undefined): boolean {
  return one?.control === true && !isStep(one);
}

function isStep({ control, operation, method }: Recorded): boolean {
  if (!control) return true;
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !LOOKS.includes(operation?.operationId ?? '');
}

function arranges(one: Recorded): boolean {
  const { operation, answer } = one;
  if (operation === undefined || !Object.hasOwn(ARRANGES, operation.operationId) || answer.status >= 300) return false;
  const body = bodyOf(one);
  return typeof body !== 'string' && (body.kind === 'json' || body.kind === 'none');
}

/** Whether an exchange is worth keeping at all. */
export function isWorthKeeping(one: Pick<Recorded, 'control' | 'operation' | 'method'>): boolean {
  return isStep(one as Recorded) || USEFUL_LOOKS.includes(one.operation?.operationId ?? '');
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

function sentRow(one: Recorded): Row {
  const body = bodyOf(one);
  return typeof body !== 'string' && body.kind === 'json' ? (body.value as Row) : {};
}

function idOf({ path }: Recorded, name: string): Row {
  return { [name]: Number(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))) };
}

/** The ids that were generated are given from now on. */
function withIds(sent: Row, { conversationId, contactId, masterContactId }: Row): Row {
  return {
    conversationId,
    contactId,
    ...(masterContactId === contactId && sent.masterContactId === undefined ? {} : { masterContactId }),
    ...Object.fromEntries(
      Object.entries(sent).filter(([name]) => !['conversationId', 'contactId', 'masterContactId'].includes(name)),
    ),
  };
}

/** Client ids stand in Basic credentials, and so have names there. */
function withClientNames(credentials: unknown, { secrets }: Wording): unknown {
  return (credentials as readonly Readonly<Record<string, string>>[]).map(({ clientId, accessKeyId, ...rest }) => ({
    ...(accessKeyId === undefined ? {} : { accessKeyId: secrets.nameOf(accessKeyId, 'accessKeyId') }),
    ...(clientId === undefined ? {} : { clientId: secrets.nameOf(clientId, 'clientId') }),
    ...rest,
  }));
}

/** What the headers of a bot hold is shown nowhere, whatever they are called; what the environment gives stays its name. */
function botsOf(agents: unknown, wording: Wording): unknown {
  return (agents as Settings['virtualAgents']).map(({ headers, ...agent }) => ({
    ...(wording.plain(agent) as Row),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        FROM_ENVIRONMENT.test(value) ? value : wording.secrets.nameOf(value, name),
      ]),
    ),
  }));
}

const FROM_ENVIRONMENT = /^(?:[A-Za-z]+ +)?\{\{\s*env\.\w+\s*\}\}$/;

function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function asAccess(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** Captures are named after the members that they come from. */
class CaptureNames {
  readonly #taken = new Set<string>();

  get all(): readonly string[] {
    return [...this.#taken];
  }

  next(steps: readonly (string | number)[]): string {
    const member = steps.findLast((step) => typeof step === 'string') ?? 'value';
    const plain = member
      .replace(/[^A-Za-z0-9_]/g, '_')
      .replace(/^(?![A-Za-z_])/, '_')
      .slice(0, 50);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? plain : `${plain}_${String(number)}`;
      if (this.#taken.has(name) || name === '__proto__') continue;
      this.#taken.add(name);
      return name;
    }
  }
}
