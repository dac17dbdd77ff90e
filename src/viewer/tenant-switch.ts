/** Chooses the tenant: each has a page of its own. */
import { tenantAddress, tenantOf } from './address.js';
import { api } from './api.js';
import { h, wire } from './dom.js';

export function tenantSwitch(): HTMLElement {
  const own = tenantOf(location.pathname);
  const select = h('select', { id: 'tenant' });
  const fill = (names: readonly string[]): void => {
    const all = [...new Set(['default', own, ...names])];
    select.replaceChildren(...all.map((name) => h('option', { value: name, selected: name === own }, wire(name))));
  };
  fill([]);
  const read = (): void => {
    api.tenants().then(
      ({ items }) => {
        fill(items.map(({ name }) => name));
      },
      // That the emulator is away is told at the top.
      () => undefined,
    );
  };
  read();
  select.addEventListener('focus', read);
  // Who comes back finds the page as it was left, with the tenant that was chosen then.
  window.addEventListener('pageshow', () => {
    select.value = own;
  });
  select.addEventListener('change', () => {
    location.assign(tenantAddress(location.pathname, select.value));
  });
  return h('label', { class: 'tenant', for: 'tenant' }, h('span', {}, 'Tenant '), select);
}
