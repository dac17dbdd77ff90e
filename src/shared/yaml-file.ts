/** A YAML file that a person wrote, which knows the line and column of everything in it. */
import { isCollection, isMap, isNode, LineCounter, parseDocument, visit } from 'yaml';
import { type FileFault, FileFaults } from './file-errors.js';

export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** A fault at the value that this path leads to, or as near to it as the file goes. */
  readonly fault: (path: readonly (string | number)[], message: string) => FileFault;
}

const ONE_DOCUMENT = 'a file has one document only: put what follows --- into a file of its own';

/** What YAML makes of {{ … }} without quotes. */
const UNQUOTED = 'an object stands where a name should; a template such as {{ context.sessionId }} needs quotes around it';

/** Lists and objects in each other. What a person writes has ten; what reads a file goes down into each of them. */
const DEEPEST = 200;

const TOO_DEEP = `lists and objects are more than ${String(DEEPEST)} deep in each other here`;

/** Throws FileFaults where the text is no YAML. JSON is YAML. */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): FileFault => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw new FileFaults(
      problems.map(({ pos, code, message }) => {
        if (code === 'MULTIPLE_DOCS') return at(pos[0], ONE_DOCUMENT);
        // The parser's own words, where its stack is at its end.
        return at(pos[0], message.includes('call stack') ? TOO_DEEP : message);
      }),
    );
  }
  const unusable: FileFault[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key)) unusable.push(at(rangeOf(key) ?? 0, UNQUOTED));
    },
    Collection(_, node, path) {
      if (path.length < DEEPEST || path.filter(isCollection).length < DEEPEST) return undefined;
      unusable.push(at(rangeOf(node) ?? 0, TOO_DEEP));
      return visit.SKIP;
    },
    Alias(_, alias, path) {
      const meant = alias.resolve(document);
      if (meant === undefined) {
        unusable.push(at(rangeOf(alias) ?? 0, `*${alias.source} stands for nothing: no &${alias.source} stands before it`));
        return;
      }
      const around = path.filter(isNode).find((node) => 'anchor' in node && node.anchor === alias.source);
      if (around !== meant) return;
      unusable.push(
        at(
          rangeOf(alias) ?? 0,
          `*${alias.source} stands inside &${alias.source}, so that the value would hold itself without end`,
        ),
      );
    },
  });
  if (unusable.length > 0) throw new FileFaults(unusable);
  let value: unknown;
  try {
    value = document.toJS() as unknown;
  } catch (error) {
    throw new FileFaults([at(0, error instanceof Error ? error.message : String(error))]);
  }
  return {
    file,
    value,
    fault(path, message) {
      let offset = 0;
      let node: unknown = document.contents;
      for (const step of path) {
        if (!isCollection(node)) break;
        // A list may have a hundred thousand items, and each of them be asked for.
        const pair = isMap(node) ? node.items.find(({ key }) => String(key) === String(step)) : undefined;
        const key: unknown = pair?.key;
        node = node.get(step, true);
        const range = rangeOf(key) ?? rangeOf(node);
        if (range === undefined) break;
        offset = range;
      }
      return at(offset, message);
    },
  };
}

function rangeOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? (range[0] as number) : undefined;
}
