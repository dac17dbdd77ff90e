/** What the list says while nothing has arrived: commands to try that work as they stand, and where else there is something. */
import { platformUrl, tenantAddress, tenantOf } from './address.js';
import { api } from './api.js';
import { copyButton } from './copy.js';
import { h, wire } from './dom.js';

export function welcome(): HTMLElement {
  const base = platformUrl(location);
  const commands = h('div', {});
  const elsewhere = h('div', {});
  const fill = (withToken: boolean): void => {
    commands.replaceChildren(
      ...(withToken ? [command('It takes only its own tokens: fetch one.', tokenCommand(base))] : []),
      command('A bot sends its own session id: a bare 400, and here the reason.', handoverCommand(base, withToken)),
      command('A customer arrives: open a conversation, whose id a bot can hand over.', openCommand(base)),
    );
  };
  fill(false);
  void Promise.all([api.takesNoToken(), api.tenants()])
    .then(([takesNone, { items }]) => {
      if (!takesNone) fill(true);
      const others = items.filter(({ name }) => name !== tenantOf(location.pathname));
      if (others.length === 0) return;
      elsewhere.append(
        h('h3', {}, 'There are traces of other tenants'),
        h(
          'ul',
          { class: 'tenants' },
          ...others
            .slice(0, 20)
            .map(({ name, traces }) =>
              h('li', {}, h('a', { href: tenantAddress(location.pathname, name) }, wire(name)), ` ${String(traces)}`),
            ),
        ),
      );
    })
    // It stands there without them, too; that the emulator is away is told at the top.
    .catch(() => undefined);
  return h(
    'div',
    { class: 'nothing' },
    h('h2', {}, 'Nothing has arrived yet'),
    h('p', {}, 'Point the bot to ', h('code', {}, base), ', or send this from a terminal. It appears here at once.'),
    commands,
    elsewhere,
  );
}

function command(what: string, text: string): HTMLElement {
  return h(
    'div',
    { class: 'command' },
    h('p', {}, what),
    h('pre', { tabindex: '0', 'aria-label': 'command' }, text),
    copyButton('Copy', () => text),
  );
}

const JSON_TYPE = `-H 'Content-Type: application/json'`;

function handoverCommand(base: string, withToken: boolean): string {
  const token = withToken ? ` -H "Authorization: Bearer $TOKEN"` : '';
  return `curl -i '${base}/api/v2/conversations/webchat'${token} ${JSON_TYPE} -d '{"sessionId": "abc-123", "metadata": {"intent": "billing"}}'`;
}

function openCommand(base: string): string {
  return `curl -i '${base}/_emulator/conversations' ${JSON_TYPE} -d '{"attributes": {"externalSessionId": "abc-123"}}'`;
}

function tokenCommand(base: string): string {
  return `TOKEN=$(curl -s '${base}/auth/token' -u me:secret -d grant_type=client_credentials | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
}
