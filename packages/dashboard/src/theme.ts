/**
 * Dark, light, or as the system has it.
 * In: a choice, remembered where the browser allows it. Out: `data-theme` on the document, which the style sheet goes by.
 */
const THEMES = ['auto', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'dexwire theme';

export const readTheme = (): Theme => {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'auto';
  } catch {
    return 'auto'; // a page that may keep nothing
  }
};

export const applyTheme = (theme: Theme): void => {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it lasts as long as the page.
  }
};

export const nextTheme = (theme: Theme): Theme => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';

const DARK = '(prefers-color-scheme: dark)';

export const isSystemDark = (): boolean => matchMedia(DARK).matches;

/** @returns What makes it deaf again. */
export const onSystemTheme = (tell: (isDark: boolean) => void): (() => void) => {
  const query = matchMedia(DARK);
  const listen = (): void => tell(query.matches);
  query.addEventListener('change', listen);
  return () => query.removeEventListener('change', listen);
};
