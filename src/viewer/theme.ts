/** Light or dark: as the system has it, unless the person chose one. */
import { button } from './dom.js';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'cxone-emulator-theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? 'auto';
  } catch {
    // A browser may keep pages from storing anything.
    return 'auto';
  }
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function themeButton(): HTMLButtonElement {
  let theme = stored();
  apply(theme);
  const label = (): string => `Theme: ${theme}`;
  const made = button(label(), () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    apply(theme);
    made.textContent = label();
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Then it holds for this page only.
    }
  });
  made.className = 'quiet';
  return made;
}
