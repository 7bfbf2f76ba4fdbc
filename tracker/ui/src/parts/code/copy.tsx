import { useEffect, useState } from 'preact/hooks';
import { trans } from '../../trans';

/** Copies a text, also where the page may not use the clipboard by itself. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.className = 'gm-visually-hidden';
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** A button that copies a text, and says so. The label says what it copies. */
export function Copy({ text, label }: { text: string | (() => string); label: string }) {
  const [said, say] = useState('');
  useEffect(() => {
    if (said === '') return;
    const later = setTimeout(() => say(''), 1500);
    return () => clearTimeout(later);
  }, [said]);
  const act = async (): Promise<void> => say((await copy(typeof text === 'string' ? text : text())) ? trans.__('Copied') : trans.__('Not copied: the browser forbids it'));
  return (
    <button class="gm-copy" onClick={() => void act()} aria-label={label} title={label}>
      <span aria-live="polite">{said || trans.__('Copy')}</span>
    </button>
  );
}
