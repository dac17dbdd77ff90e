/** What unfolds above the rest of the page: filters and tools. It folds by Escape, and by a click elsewhere. */

const UNFOLDED = 'details.filters[open], details.tool[open]';

/** Folds what holds this element; false where nothing does that is unfolded. */
export function foldAround(element: Element): boolean {
  const open = element.closest(UNFOLDED);
  open?.removeAttribute('open');
  open?.querySelector('summary')?.focus();
  return open !== null;
}

export function foldElsewhere(): void {
  document.addEventListener('click', ({ target }) => {
    for (const open of document.querySelectorAll(UNFOLDED))
      if (target instanceof Node && target.isConnected && !open.contains(target)) open.removeAttribute('open');
  });
}
