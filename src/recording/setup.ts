/** What a recorded scenario starts from: the settings, and what was arranged before the first step. */
import type { Settings } from '../config/settings.js';
import { bodyOf } from './bodies.js';
import { jsonOf, type Recorded } from './recorded.js';
import type { Wording } from './placeholders.js';

export type Row = Record<string, unknown>;

/** What arranges the state before the first step stands in `given`. */
const ARRANGES: Readonly<Record<string, 'conversations' | 'skills' | 'agents' | 'hours'>> = {
  openConversation: 'conversations',
  setSkill: 'skills',
  setAgent: 'agents',
  setHours: 'hours',
};
const ID_IN_PATH = { skills: 'skillId', agents: 'agentId', hours: 'profileId' } as const;

/** Whether the exchange arranged something that `given` can hold. */
export function arranges(one: Recorded): boolean {
  const { operation, answer } = one;
  if (operation === undefined || !Object.hasOwn(ARRANGES, operation.operationId) || answer.status >= 300) return false;
  const body = bodyOf(one);
  return typeof body !== 'string' && (body.kind === 'json' || body.kind === 'none');
}

/** `settings` are those of the emulator. `brought` are the texts that a request may have from here. */
export function givenOf(
  rows: readonly Recorded[],
  settings: Row,
  wording: Wording,
): { readonly given: Row; readonly brought: readonly string[] } {
  const { scripts, credentials, virtualAgents, errors, ...others } = settings;
  const given: Record<string, unknown> = {};
  const plain = Object.entries(others).map(([name, value]) => [name, wording.plain(value)]);
  if (errors !== undefined) plain.push(['errors', errorBodies(errors as Settings['errors'], wording)]);
  if (plain.length > 0) given.settings = Object.fromEntries(plain);
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
  for (const [kind, list] of Object.entries(lists)) if (list.length > 0) given[kind] = list.map((row) => wording.plain(row));
  return { given, brought: textsIn([lists, settings]) };
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

/** A family such as `auth` is called like the field of a secret, and is none. */
function errorBodies(errors: Settings['errors'], wording: Wording): Row {
  return Object.fromEntries(
    Object.entries(errors).map(([family, bodies]) => [
      family,
      Object.fromEntries(Object.entries(bodies).map(([status, body]) => [status, wording.plain(body)])),
    ]),
  );
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
