/** Method and path of a trace, with the part marked that its cause points to. */
import type { Trace } from '../trace/trace.js';
import { h, longText, wire } from './dom.js';

/** In characters: a path of thousands must not push the cause off the screen. */
const LONGEST_TITLE = 300;

/** What a finding in path or query points to is marked in it. */
export function titleOf({ request, entries }: Trace): (Node | string)[] {
  const cause = entries.find(({ level }) => level === 'error');
  const name = cause?.pointer?.slice(1) ?? '';
  const stretch =
    cause?.in === 'query'
      ? new RegExp(`(?<=[?&])${name.replace(/[^A-Za-z0-9_-]/g, '.')}=[^&]*`).exec(request.path)
      : cause?.in === 'path' && name !== ''
        ? segmentOf(request.path, cause.received ?? '')
        : null;
  if (stretch === null || name === '') return [`${wire(request.method)} `, longText(request.path, LONGEST_TITLE)];
  const end = stretch.index + stretch[0].length;
  return [
    `${wire(request.method)} `,
    longText(request.path.slice(0, stretch.index), LONGEST_TITLE),
    h('mark', { class: 'error' }, longText(stretch[0], LONGEST_TITLE)),
    longText(request.path.slice(end), LONGEST_TITLE),
  ];
}

/** The part of the path that holds the value which is told as received. */
function segmentOf(path: string, received: string): RegExpExecArray | null {
  const parts = /[^/?]+/g;
  for (let part = parts.exec(path); part !== null && !path.slice(0, part.index).includes('?'); part = parts.exec(path)) {
    try {
      if (received.startsWith(JSON.stringify(decodeURIComponent(part[0])))) return part;
    } catch {
      // What does not decode is no value that was received.
    }
  }
  return null;
}
