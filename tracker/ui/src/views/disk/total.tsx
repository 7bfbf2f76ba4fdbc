import type { Schemas } from '../../api/client';
import { bytes } from '../../parts/format';

type Usage = Schemas['DiskUsage'];

interface Part {
  name: string;
  size: number;
  look: number;
  about: string;
}

/** The parts of a ledger's folder, each as long as it is large. */
export function Total({ usage }: { usage: Usage }) {
  const { total = 0, packs = 0, garbage = 0, journals = 0, index = 0, files = 0 } = usage;
  const needed = Math.max(0, packs - garbage);
  const rest = Math.max(0, total - packs - journals - index);
  const parts: Part[] = [
    { name: 'Contents', size: needed, look: 1, about: 'files, outputs, programs and snapshots, compressed, each once' },
    { name: 'Not needed', size: garbage, look: 2, about: 'no entry needs it any more, or another pack has it too' },
    { name: 'Journals', size: journals, look: 3, about: 'the signed entries' },
    { name: 'Index', size: index, look: 7, about: 'made from the journals, for fast answers' },
    { name: 'Other', size: rest, look: 8, about: 'keys, locks and what is being written' },
  ].filter(p => p.size > 0);
  return (
    <section class="gm-card gm-total" aria-label="In all">
      <p class="gm-total-sum"><strong>{bytes(total)}</strong> <span class="gm-dim">in {files.toLocaleString('en')} files</span></p>
      <svg class="gm-total-bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">{bars(parts, total)}</svg>
      <ul>
        {parts.map(p => (
          <li key={p.name}>
            <svg class="gm-swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class={`gm-fill-${p.look}`} width="10" height="10" rx="2" /></svg>
            <span class="gm-total-name">{p.name}</span> <span class="gm-num">{bytes(p.size)}</span> <span class="gm-dim">{p.about}</span>
          </li>
        ))}
      </ul>
      <p class="gm-free">{advice(usage)}</p>
    </section>
  );
}

function bars(parts: Part[], total: number) {
  let at = 0;
  return parts.map(p => {
    const width = Math.max(2, (1000 * p.size) / Math.max(1, total));
    at += width;
    return <rect key={p.name} class={`gm-fill-${p.look}`} x={at - width} width={Math.max(1, width - 1)} height="12" />;
  });
}

/** What frees how much. */
function advice(usage: Usage) {
  if (usage.reclaimable > 0) {
    return <>{bytes(usage.reclaimable)} can be freed without losing anything that is recorded: <code>gemba gc</code> does it, <code>gemba gc --dry-run</code> says before what it would do.</>;
  }
  return <>Everything here is needed by some entry. <code>gemba gc --help</code> tells how recorded contents can be let go, and <code>gemba purge</code> takes a secret out.</>;
}
