/** The colours of a ladder in a terminal. */
import { styleText } from 'node:util';
import type { Paint, Tone } from '../../trace/step-text.js';
import { hasColors, type Output } from './terminal.js';

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  dim: 'dim',
  strong: 'bold',
  accepted: 'green',
  running: 'cyan',
  rejected: 'yellow',
  failed: 'red',
  info: 'reset',
  warn: 'yellow',
  error: 'red',
};

/** Paints if the output is a terminal that has colours. */
export function paintFor(output: Output): Paint {
  const colors = hasColors(output);
  return (tone, text) => (colors ? styleText(STYLES[tone], text) : text);
}
