/** `cxone-emulator explain payload.json`: what a request would be answered, and why, without a server. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from './output/terminal.js';
import type { ExplainOptions } from './explain-run.js';
import { addSettingFlags, configOf } from './setting-flags.js';
import { runStrictly, strictCommand } from './strict.js';

export function explainCommand(terminal: Terminal): Command {
  const command = strictCommand('explain', terminal)
    .description(
      'Say what a request would be answered, and why, without a server: exit code 0 (accepted), 1 (refused) or 2 (bad input). Conversation ids that are well-formed are taken, with a warning, unless --unknown-conversations refuse is given.',
    )
    .argument('[payload]', 'the file with the body, or - for the standard input; without one there is no body')
    .option('--method <method>', 'its method', 'POST')
    .option('--path <path>', 'where it is sent, with its query', '/api/v2/conversations/webchat')
    .addOption(
      new Option('--content-type <type>', 'its Content-Type; an empty one sends none').default(undefined, 'application/json'),
    )
    .addOption(
      new Option('--header <header>', 'a further header, as Name: value; may be given several times')
        .argParser(withHeader)
        .default({}, 'Accept: */*'),
    )
    .option('--token', 'send an Authorization header with a token that is good here, as POST /auth/token would issue it')
    .action(async (payload: string | undefined, options: ExplainOptions) => {
      const { config } = await configOf(command, terminal.env);
      const { explain } = await import('./explain-run.js');
      await runStrictly(command, terminal, () => explain(payload, options, config, terminal));
    });
  return addSettingFlags(command);
}

function withHeader(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be of the form "Name: value".');
  const known = name.toLowerCase();
  if (Object.hasOwn(before, known)) throw new InvalidArgumentError(`${name} was given already: put its values into one.`);
  return { ...before, [known]: value };
}
