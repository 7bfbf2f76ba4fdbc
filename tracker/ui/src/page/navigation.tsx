import { Icon } from '../parts/icon';
import { Link } from '../parts/link';
import { trans } from '../trans';
import { views } from '../views';
import { ThemeButton } from './theme';

interface Props {
  here: string;
  /** The ledger's folder. */
  dir: string | undefined;
  connected: boolean;
  search(): void;
}

/** The views, the ledger's name, and how the connection stands. */
export function Navigation({ here, dir, connected, search }: Props) {
  return (
    <nav class="gm-nav" aria-label={trans.__('Views')}>
      <a class="gm-skip" href="#main" onClick={event => (event.preventDefault(), document.getElementById('main')?.focus())}>
        {trans.__('Skip to the view')}
      </a>
      <p class="gm-brand">
        <span class="gm-brand-name" translate={false}>gemba</span>
        {dir !== undefined && <span class="gm-brand-ledger gm-cut" title={dir} dir="auto">{ledgerName(dir)}</span>}
      </p>
      <button class="gm-search-open" onClick={search} aria-keyshortcuts="Control+K">
        <Icon path="M6.500 1a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11zM6.500 3a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM11 9.700l4.300 4.300-1.300 1.300-4.300-4.300z" />
        <span class="gm-nav-title">{trans.__('Search')}</span> <kbd>Ctrl K</kbd>
      </button>
      <ul>
        {views
          .filter(v => v.listed)
          .map(v => (
            <li key={v.id}>
              <span class={v.id === here ? 'gm-nav-here' : ''} aria-current={v.id === here ? 'page' : undefined} title={trans.__(v.about)}>
                <Link to={{ view: v.id, params: {} }} class="gm-nav-item">
                  <Icon path={v.icon} />
                  <span class="gm-nav-title">{trans.__(v.title)}</span>
                </Link>
              </span>
            </li>
          ))}
      </ul>
      <div class="gm-nav-end">
        <p class={connected ? 'gm-connection' : 'gm-connection gm-connection-lost'} role="status">
          <span class="gm-connection-sign" aria-hidden="true">{connected ? '●' : '○'}</span>
          <span class="gm-nav-title">{connected ? trans.__('Connected') : trans.__('No connection')}</span>
        </p>
        <ThemeButton />
      </div>
    </nav>
  );
}

/** A ledger is called as the folder that it lies in. */
export function ledgerName(dir: string): string {
  const parts = dir.split(/[/\\]/).filter(Boolean);
  return (parts.at(-1) === '.gemba' ? parts.at(-2) : parts.at(-1)) ?? dir;
}
