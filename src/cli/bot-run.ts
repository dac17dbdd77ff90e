/** Runs what `bot` was asked for: reads the file, serves the bot, and prints a line for each turn. */
import { type BotAnswer, readBot } from '../stub-bot/bot.js';
import { serveBot } from '../stub-bot/server.js';
import { botContracts } from '../openapi/bot-contracts.js';
import { loadContract } from '../openapi/load-contract.js';
import { createValidators } from '../openapi/validators.js';
import type { Finding } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { createTemplates } from '../shared/templates.js';
import { printable } from '../shared/printable.js';
import { interruption, type Terminal } from './output/terminal.js';
import { readTextFile } from '../shared/text-file.js';
import { VERSION } from '../shared/version.js';
import { readYaml } from '../shared/yaml-file.js';

/** Serves the bot until a signal comes. Throws FileFaults if the file cannot be used. */
export async function runBot(
  file: string,
  place: { readonly host: string; readonly port: number },
  terminal: Terminal,
): Promise<void> {
  const print = (text: string): void => {
    terminal.stdout.write(`${text}\n`);
  };
  const yaml = readYaml(file, await readTextFile(file));
  const contracts = botContracts(await loadContract(VERSION), createValidators());
  const bot = readBot(yaml, await createTemplates(), contracts);
  const server = await serveBot(bot, {
    ...place,
    onTurn(answer) {
      const { turn } = answer;
      print([turnLine(answer, file), ...turn.notes.map(noteLine), ...turn.findings.flatMap(findingLines)].join('\n'));
    },
  });
  print(`The bot ${show(bot.name)} (${file}, ${String(bot.rules)} rules) listens on ${server.url}`);
  await interruption(terminal);
  await server.close();
}

/** `4597359:463012345678  TEXT "move it"  booking.yaml:12  PromptAndCollectNextResponse "Which booking is it?"`. */
function turnLine({ turn, status, hang, afterMs }: BotAnswer, file: string): string {
  const { session = 'a request', inputType = '', input = '', line, said = [], findings } = turn;
  const [cause] = findings;
  const answered = hang === true ? 'never answered' : (turn.branch ?? `${String(status)} ${cause?.code ?? ''}`);
  const late = afterMs === undefined ? '' : ` after ${String(afterMs)} ms`;
  return [
    session,
    input === '' ? inputType : `${inputType} ${show(input)}`,
    line === undefined ? (cause === undefined ? 'no rule fits' : '') : `${file}:${String(line)}`,
    [answered.trim() + late, ...said.map((text) => show(text))].join(' '),
  ]
    .filter((part) => part !== '')
    .map(printable)
    .join('  ');
}

function noteLine(note: string): string {
  return `  note       ${printable(note)}`;
}

function findingLines({ in: place, pointer, expected, received, remedy }: Finding): string[] {
  return Object.entries({
    where: place === null ? 'the request' : `${place} ${pointer ?? ''}`.trim(),
    expected,
    received,
    remedy,
  }).map(([name, text]) => `  ${name.padEnd(10)} ${printable(text)}`);
}
