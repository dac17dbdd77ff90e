/** Writes a value that came as a scenario expects it, and as the text of a YAML file in one line. */
import { Document, isScalar, type Node, visit } from 'yaml';
import { kindOf } from '../../shared/format.js';
import { meaningOf, type Parsed } from './place.js';

/** What expects exactly this value; undefined stands for one that is not there. */
export function expecting(value: unknown): unknown {
  if (value === undefined) return '$absent';
  if (typeof value === 'string') return meaningOf(value) === 'matcher' ? { $exactly: value } : verbatim(value);
  if (Array.isArray(value)) return value.map(expecting);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.keys(value).some((name) => meaningOf(name) === 'matcher')) return { $exactly: verbatim(value) };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, expecting(member)]));
}

/** Texts that look like templates are none. */
function verbatim(value: unknown): unknown {
  if (typeof value === 'string') return meaningOf(value) === 'template' ? `{% raw %}${value}{% endraw %}` : value;
  if (Array.isArray(value)) return value.map(verbatim);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, verbatim(member)]));
}

/** What expects a value of the same type, whatever it is. */
export function typeOf(value: unknown): { readonly $type: string } {
  if (Number.isInteger(value)) return { $type: 'integer' };
  return { $type: kindOf(value).replace(/^an? /, '') };
}

/** In one line that can stand anywhere; a text is quoted as `like` is. */
export function inYaml(value: unknown, document: Parsed, like?: Node): string {
  const node = document.createNode([value], { aliasDuplicateObjects: false });
  const [item] = node.items;
  if (
    isScalar(item) &&
    typeof item.value === 'string' &&
    isScalar(like) &&
    (like.type === 'QUOTE_SINGLE' || like.type === 'QUOTE_DOUBLE')
  )
    item.type = like.type;
  visit(node, {
    Scalar(_, text) {
      if (typeof text.value === 'string' && text.value.includes('\n')) text.type = 'QUOTE_DOUBLE';
    },
  });
  const whole = new Document(node, {
    version: document.directives.yaml.explicit === true ? document.directives.yaml.version : '1.2',
  });
  const text = whole
    .toString({
      collectionStyle: 'flow',
      lineWidth: 0,
      doubleQuotedMinMultiLineLength: Infinity,
      singleQuote: true,
      directives: false,
    })
    .trimEnd();
  return text.slice(2, -2);
}
