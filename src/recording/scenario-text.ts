/** Writes a recorded scenario as YAML, with what was left out as comments where it came. */
import { Document, isMap, isSeq } from 'yaml';
import type { MadeScenario } from './made-scenario.js';

const SCHEMA_LINE = ' yaml-language-server: $schema=./node_modules/cxone-emulator/dist/scenario.schema.json';

/** undefined where there is not a single step. `notes` stand at the top. */
export function scenarioText(name: string, { given, steps }: MadeScenario, notes: readonly string[]): string | undefined {
  const whole = steps.filter(({ step }) => step !== undefined);
  if (whole.length === 0) return undefined;
  const document = new Document({
    name,
    ...(Object.keys(given).length === 0 ? {} : { given }),
    steps: whole.map(({ step }) => step),
  });
  document.commentBefore = [SCHEMA_LINE, ' Recorded by cxone-emulator record.', ...notes.map((note) => ` ${oneLine(note)}`)].join(
    '\n',
  );
  const list = isMap(document.contents) ? document.contents.get('steps') : undefined;
  if (isSeq(list)) {
    let at = 0;
    let waiting: string[] = [];
    for (const { step, notes: told } of steps) {
      waiting.push(...told);
      if (step === undefined) continue;
      const item = list.items[at];
      if (isMap(item)) {
        item.spaceBefore = at > 0;
        if (waiting.length > 0) item.commentBefore = waiting.map((note) => ` ${oneLine(note)}`).join('\n');
      }
      waiting = [];
      at += 1;
    }
    if (waiting.length > 0) list.comment = waiting.map((note) => ` ${oneLine(note)}`).join('\n');
  }
  // Nothing is folded: a value stands as it is, or not at all.
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** A comment ends at the end of its line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ');
}
