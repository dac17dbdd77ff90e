/** The trace viewer, a page for a browser: its files, as the build made them, under a policy that lets it do nothing else. */
import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from '../shared/package-root.js';
import type { Operations, UnitOperation } from '../cxone/handler.js';

const FOLDER = new URL('dist/viewer/', PACKAGE_ROOT);

/** Whatever came over the wire can neither become markup, nor load anything, nor be sent anywhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // After an update of the package the old page must not work with the new API.
  'cache-control': 'no-cache',
};

/** Read when they are first asked for: no start needs them. */
const texts = new Map<string, string>();

function file(name: string, type: string): UnitOperation {
  return {
    answer() {
      const text = texts.get(name) ?? readFileSync(new URL(name, FOLDER), 'utf8');
      texts.set(name, text);
      return { status: 200, headers: { ...HEADERS, 'content-type': `${type}; charset=utf-8` }, text };
    },
  };
}

export function viewerOperations(): Operations {
  return {
    // The tenant's prefix stays before it.
    findViewer: { answer: () => ({ status: 302, headers: { location: '_emulator/' } }) },
    getViewer: file('index.html', 'text/html'),
    getViewerScript: file('viewer.js', 'text/javascript'),
    getViewerStyle: file('viewer.css', 'text/css'),
  };
}
