/** The rows of test/refusals: what is sent, and which code, place and remedy come back. */
import { describe, expect, test } from 'vitest';
import { CATALOGUE, type Code, type EmulatorOptions, type Place, type Trace } from '../../src/index.js';
import { type Answer, CONVERSATION, emulator, type Message, send, traceOf } from './client.js';
import { type Files, scriptsFolder } from './scripts.js';

/** A handover that the emulator accepts once the conversation is open. */
export const valid = { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 };

interface Row {
  readonly name: string;
  readonly options?: EmulatorOptions;
  /** Studio scripts that are loaded. */
  readonly scripts?: Files;
  /** What must have happened before; `url` is the emulator's. */
  readonly given?: (url: string) => Promise<unknown>;
  readonly send: Message | ((url: string) => Promise<Message>);
  /** null if the fault is in no part of the request. */
  readonly in: Place | null;
  readonly pointer: string | null;
  readonly remedy: RegExp;
  readonly received?: RegExp;
}

interface RefusalRow extends Row {
  readonly status: number;
  /** If it is not the catalogue's. */
  readonly provenance?: string;
  /** Members that the body of the response must have. */
  readonly body?: Readonly<Record<string, unknown>>;
}

interface WarningRow extends Row {
  readonly level: 'info' | 'warn';
}

/** What the rows of a code have in common; a row may override it. */
type Common<R extends Row, K extends keyof R> = Pick<R, K> & Partial<R>;
type Rest<R extends Row> = Pick<R, 'name' | 'send' | 'remedy'> & Partial<R>;

interface Sent {
  readonly url: string;
  readonly message: Message;
  readonly answer: Answer;
  readonly trace: Trace;
  /** The state of the tenant before the request. */
  readonly before: string;
}

export async function sent(row: Pick<Row, 'options' | 'scripts' | 'given' | 'send'>): Promise<Sent> {
  const scripts = row.scripts === undefined ? {} : { scripts: await scriptsFolder(row.scripts) };
  const { url } = await emulator({ ...row.options, ...scripts });
  await row.given?.(url);
  const message = typeof row.send === 'function' ? await row.send(url) : row.send;
  const before = await stateAt(url);
  const answer = await send(url, message);
  const trace = await traceOf(url, answer, /^\/t\/[a-z]+/.exec(message.path ?? '')?.[0]);
  return { url, message, answer, trace, before };
}

async function stateAt(url: string): Promise<string> {
  return (await send(url, { path: '/_emulator/state' })).text;
}

/** Each row is refused with the code, and changes nothing. */
export function refusals(
  code: Code,
  common: Common<RefusalRow, 'status' | 'in' | 'pointer'>,
  rows: readonly Rest<RefusalRow>[],
): void {
  describe(code, () => {
    test.each(rows.map((row) => ({ ...common, ...row })))('$name', async (row) => {
      const { url, message, answer, trace, before } = await sent(row);

      expect(answer).toMatchObject({
        status: row.status,
        headers: { 'x-emulator-cause': code, 'content-type': 'application/json; charset=utf-8' },
      });
      expect(trace.outcome).toBe('rejected');
      const cause = trace.entries.find(({ level }) => level === 'error');
      expect(cause).toMatchObject({ code, in: row.in, pointer: row.pointer });
      expect(cause?.remedy).toMatch(row.remedy);
      expect(cause?.received).toMatch(row.received ?? /./);
      expect(cause?.expected).toMatch(/./);
      expect(cause?.provenance).toBe(row.provenance ?? CATALOGUE[code].provenance);
      if (message.path?.includes('_emulator') !== true) {
        const oauth = /^\/(?:auth|\.well-known|inContactAPI)/i.test(message.path?.replace(/^\/t\/\w+/, '') ?? '');
        expect(Object.keys(answer.body)).toEqual(oauth ? ['error', 'error_description'] : ['errorCode', 'message']);
        expect(answer.body).toMatchObject(row.body ?? {});
      } else {
        expect(answer.body.cause).toMatchObject({ code, pointer: row.pointer, remedy: cause?.remedy });
      }
      expect(await stateAt(url)).toBe(before);
    });
  });
}

/** Each row is accepted, and its trace has the code as a warning. */
export function warnings(
  code: Code,
  common: Common<WarningRow, 'level' | 'in' | 'pointer'>,
  rows: readonly Rest<WarningRow>[],
): void {
  describe(code, () => {
    test.each(rows.map((row) => ({ ...common, ...row })))('$name', async (row) => {
      const { answer, trace } = await sent(row);

      expect(answer.status).toBeLessThan(300);
      expect(answer.headers).not.toHaveProperty('x-emulator-cause');
      expect(trace.outcome).toBe('accepted');
      const entry = trace.entries.find((one) => one.code === code);
      expect(entry).toMatchObject({ level: row.level, in: row.in, pointer: row.pointer });
      expect(entry?.remedy).toMatch(row.remedy);
      expect(entry?.received).toMatch(row.received ?? /./);
    });
  });
}
