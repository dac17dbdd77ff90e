/** The settings of the recording emulator that a replay needs, too: those that decide what is answered. */
import { dirname, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Settings, SETTINGS } from '../config/settings.js';

const DECISIVE = [
  'revealErrors',
  'emulatorHeaders',
  'unknownFields',
  'unknownConversations',
  'conversationId',
  'corsOrigins',
  'maxBody',
  'auth',
  'tokenLifetime',
  'frozenAt',
  'signalStatus',
  'scriptHosts',
  'scriptEnv',
  'maxScriptSteps',
  'skills',
  'agents',
  'hours',
  'conversations',
  'credentials',
  'knowledge',
  'restBreaker',
  'errors',
] as const satisfies readonly (keyof Settings)[];

/** In bytes; the schema of the setting has it in words. */
const DEFAULT_MAX_BODY = 1024 ** 2;

/** Those that are not the default ones; `scripts` and the stand-ins of `virtualAgents` are seen from the file. */
export function carriedSettings(settings: Settings, file: string): Record<string, unknown> {
  const carried = DECISIVE.filter((name) => {
    const usual = name === 'maxBody' ? DEFAULT_MAX_BODY : SETTINGS[name].default;
    return !isDeepStrictEqual(settings[name], usual);
  });
  const { scripts, virtualAgents } = settings;
  const seenFromFile = (path: string): string => relative(dirname(resolve(file)), resolve(path)) || '.';
  return {
    ...Object.fromEntries(carried.map((name) => [name, settings[name]])),
    ...(scripts === undefined ? {} : { scripts: seenFromFile(scripts) }),
    ...(virtualAgents.length === 0
      ? {}
      : {
          virtualAgents: virtualAgents.map(({ standIn, ...agent }) => ({
            ...agent,
            ...(standIn === undefined ? {} : { standIn: seenFromFile(standIn) }),
          })),
        }),
  };
}
