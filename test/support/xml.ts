/** A strict reader for the small part of XML that JUnit reports have. It throws where a text is not well-formed. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function parseXml(source: string): Element {
  let rest = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(rest))
    throw new Error('a character that XML has no way to write');
  const take = (pattern: RegExp): RegExpExecArray => {
    const found = pattern.exec(rest);
    if (found?.index !== 0) throw new Error(`not well-formed at: ${rest.slice(0, 80)}`);
    rest = rest.slice(found[0].length);
    return found;
  };
  const plain = (text: string): string => {
    if (/[<]/.test(text) || /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`a bare < or & in: ${text}`);
    return text.replace(/&(#?\w+);/g, (_, name: string) =>
      name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (ENTITIES[name] ?? ''),
    );
  };
  const element = (): Element => {
    const [, name = '', written = '', empty] = take(/^<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/);
    const attributes = Object.fromEntries(
      [...written.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]),
    );
    const children: Element[] = [];
    let text = '';
    if (empty === '/') return { name, attributes, children, text };
    for (;;) {
      text += plain(take(/^[^<]*/)[0]);
      if (rest.startsWith('</')) break;
      children.push(element());
    }
    take(new RegExp(`^</${name}>`));
    return { name, attributes, children, text: text.trim() };
  };
  const root = element();
  if (rest.trim() !== '') throw new Error('something stands behind the root');
  return root;
}
