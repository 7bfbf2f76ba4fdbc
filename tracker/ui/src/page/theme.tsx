// The theme of the page: the system's, or the one that the reader chose, which the browser keeps.
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon';
import { N_, trans } from '../trans';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const icons: Record<Theme, string> = {
  auto: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM8 3v10a5 5 0 0 0 0-10z',
  light: 'M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM7 0h2v3H7zM7 13h2v3H7zM0 7h3v2H0zM13 7h3v2h-3z',
  dark: 'M7 1a6 6 0 0 0 8 8A7 7 0 1 1 7 1z',
};

const words: Record<Theme, string> = { auto: N_('Theme: system'), light: N_('Theme: light'), dark: N_('Theme: dark') };
const place = 'gemba-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** Gives the document its theme, and again when the system changes its own. The style sheet knows light and dark only (src/style/tokens.css). */
export function followTheme(): void {
  system.addEventListener('change', () => show(chosen()));
  show(chosen());
}

function show(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'auto' && system.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

function chosen(): Theme {
  return themes.find(t => t === localStorage.getItem(place)) ?? 'auto';
}

/** Changes between the system's theme, light and dark. */
export function ThemeButton() {
  const [theme, set] = useState(chosen);
  useEffect(() => {
    localStorage.setItem(place, theme);
    show(theme);
  }, [theme]);
  return (
    <button class="gm-nav-button" onClick={() => set(themes[(themes.indexOf(theme) + 1) % themes.length]!)} title={trans.__('Change the theme')} aria-label={trans.__(words[theme])}>
      <Icon path={icons[theme]} />
      <span class="gm-nav-title" aria-hidden="true">{trans.__(words[theme])}</span>
    </button>
  );
}
