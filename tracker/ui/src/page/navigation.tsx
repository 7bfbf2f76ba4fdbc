import { useEffect, useState } from 'preact/hooks';
import { Link } from '../parts/link';
import { Icon } from '../parts/icon';
import { views } from '../views';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** The theme that the reader chose for this page; the system's by itself. */
function useTheme(): [Theme, () => void] {
  const [theme, set] = useState<Theme>(() => themes.find(t => t === localStorage.getItem('gemba-theme')) ?? 'auto');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem('gemba-theme', theme);
  }, [theme]);
  return [theme, () => set(themes[(themes.indexOf(theme) + 1) % themes.length]!)];
}

export function Navigation({ here }: { here: string }) {
  const [theme, next] = useTheme();
  return (
    <nav class="gm-nav" aria-label="Views">
      <a class="gm-skip" href="#main" onClick={event => (event.preventDefault(), document.getElementById('main')?.focus())}>
        Skip to the view
      </a>
      <p class="gm-brand">gemba</p>
      <ul>
        {views
          .filter(v => v.listed)
          .map(v => (
            <li key={v.id}>
              <span class={v.id === here ? 'gm-nav-here' : ''} aria-current={v.id === here ? 'page' : undefined} title={v.about}>
                <Link to={{ view: v.id, params: {} }} class="gm-nav-item">
                  <Icon path={v.icon} />
                  <span class="gm-nav-title">{v.title}</span>
                </Link>
              </span>
            </li>
          ))}
      </ul>
      <button class="gm-button gm-theme" onClick={next} title="Change the theme">
        Theme: {theme}
      </button>
    </nav>
  );
}
