import type { ComponentChildren } from 'preact';
import { useHost, type Place } from '../host';

/** A link to a place: an anchor where places have addresses, so that it opens in another tab as links do; else a button. */
export function Link({ to, children, class: name, label }: { to: Place; children: ComponentChildren; class?: string; label?: string }) {
  const host = useHost();
  const href = host.href(to);
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    host.go(to);
  };
  const look = `gm-link ${name ?? ''}`;
  return href === undefined ? (
    <button class={look} onClick={follow} aria-label={label}>{children}</button>
  ) : (
    <a class={look} href={href} onClick={follow} aria-label={label}>{children}</a>
  );
}
