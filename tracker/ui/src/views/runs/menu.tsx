import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A button that opens a panel below it; Escape, or a click elsewhere, closes it. */
export function Menu({ title, label, children, pressed }: { title: string; label?: string; pressed?: boolean; children: (close: () => void) => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.gm-menu-panel input, .gm-menu-panel button')?.focus();
    const elsewhere = (event: Event): void => void (root.current?.contains(event.target as Node) || setOpen(false));
    document.addEventListener('pointerdown', elsewhere);
    return () => document.removeEventListener('pointerdown', elsewhere);
  }, [open]);
  const close = (): void => (setOpen(false), button.current?.focus());
  return (
    <div class="gm-menu-root" ref={root} onKeyDown={event => { if (event.key === 'Escape' && open) { event.stopPropagation(); close(); } }}>
      <button ref={button} class="gm-button" aria-haspopup="dialog" aria-expanded={open} aria-pressed={pressed} onClick={() => setOpen(!open)}>
        {title} <span aria-hidden="true">▾</span>
      </button>
      {open && <div class="gm-menu gm-menu-panel" role="dialog" aria-label={label ?? title}>{children(close)}</div>}
    </div>
  );
}
