/** What the upstream took and the emulator does not know yet is opened here, so that both can be compared. */
import { readContactId } from '../cxone/model/ids.js';
import type { Services } from '../pipeline/index.js';
import { DEFAULT_TENANT } from '../pipeline/target.js';
import type { Aim, Observe } from './recorder.js';

type Row = Record<string, unknown>;

/** The ids of conversation, contact, user and skill that a request names, as its operation reads them. */
export function idsIn(
  { operation, pathParameters }: Aim,
  body: unknown,
): Readonly<Record<'conversationId' | 'contactId' | 'userId' | 'skillId', string | undefined>> {
  const fields = typeof body === 'object' && body !== null ? (body as Row) : {};
  const advised = (advice: string): string | undefined => {
    const [name] =
      Object.entries(operation?.body?.schema.properties ?? {}).find(([, schema]) => schema['x-advice'] === advice) ?? [];
    return textOf(name === undefined ? undefined : fields[name]);
  };
  return {
    conversationId: pathParameters.conversationId ?? advised('conversation-id'),
    contactId:
      pathParameters.contactId ??
      advised('contact-id') ??
      (operation?.operationId === 'postTranscript' ? textOf(fields.contactId) : undefined),
    userId: pathParameters.userId,
    skillId:
      pathParameters.skillId ?? (operation?.body?.schema.properties?.skillId === undefined ? undefined : textOf(fields.skillId)),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Opens what is missing by the control API. `observe` records that, so that it stands where it came: a list that was read before has it not yet. */
export async function adopt(aim: Aim, body: unknown, services: Services, observe: Observe): Promise<void> {
  const { conversationId, contactId, userId, skillId } = idsIn(aim, body);
  const wanted = await services.store.run(aim.tenant, (state) => {
    const conversation = conversationId === undefined ? undefined : services.conversationIds.read(conversationId);
    const contact = contactId === undefined ? undefined : readContactId(contactId);
    const row = {
      ...(conversation === undefined || state.conversation(conversation) !== undefined ? {} : { conversationId: conversation }),
      ...(contact === undefined || state.contact(contact) !== undefined ? {} : { contactId: contact }),
      ...(userId === undefined || state.user(userId) !== undefined ? {} : { userId }),
    };
    const skill = Number(skillId);
    return { row, skill: Number.isSafeInteger(skill) && skill > 0 && state.skill(skill) === undefined ? skill : undefined };
  });
  const ask = async (method: string, path: string, content: Row): Promise<void> => {
    const bytes = Buffer.from(JSON.stringify(content));
    await observe({
      transport: 'http',
      method,
      target: `${aim.tenant === DEFAULT_TENANT ? '' : `/t/${aim.tenant}`}/_emulator/${path}`,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'content-length': String(bytes.length) },
      receive: () => ({ bytes }),
      gone: () => false,
    });
  };
  if (wanted.skill !== undefined)
    await ask('PATCH', `skills/${String(wanted.skill)}`, { name: `Skill ${String(wanted.skill)}`, agents: 1 });
  if (Object.keys(wanted.row).length > 0) await ask('POST', 'conversations', wanted.row);
}
