/** Puts the tenant back to what the config seeds; asks once more before. */
import { tenantOf } from '../address.js';
import { api, type ApiError } from '../api.js';
import { button, h } from '../dom.js';
import type { ToolMaker } from './tool.js';

export const resetTool: ToolMaker = (page, done) => {
  const box = h('span', { class: 'tool confirm' });
  const rest = (): void => {
    const reset = button('Reset', ask);
    const inside = box.contains(document.activeElement);
    box.replaceChildren(reset);
    if (inside) reset.focus();
  };
  const ask = (): void => {
    const sure = button(
      'Yes, reset',
      () => {
        api.reset().then(
          () => {
            rest();
            done();
          },
          (problem: unknown) => {
            page.say((problem as ApiError).message);
            rest();
          },
        );
      },
      { class: 'danger' },
    );
    box.replaceChildren(
      h('span', {}, `Conversations, traces and all else of the tenant ${tenantOf(location.pathname)} go.`),
      sure,
      button('No', rest),
    );
    sure.focus();
  };
  rest();
  return { element: box };
};
