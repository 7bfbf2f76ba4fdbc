import type { Schemas } from '../../api/client';
import { bytes } from '../../parts/format';
import { N_, placed, trans } from '../../trans';

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
    { name: N_('Contents'), size: needed, look: 1, about: N_('files, outputs, programs and snapshots, compressed, each once') },
    { name: N_('Not needed'), size: garbage, look: 2, about: N_('no entry needs it any more, or another pack has it too') },
    { name: N_('Journals'), size: journals, look: 3, about: N_('the signed entries') },
    { name: N_('Index'), size: index, look: 7, about: N_('made from the journals, for fast answers') },
    { name: N_('Other'), size: rest, look: 8, about: N_('keys, locks and what is being written') },
  ].filter(p => p.size > 0);
  return (
    <section class="gm-card gm-total" aria-label={trans.__('In all')}>
      <p class="gm-total-sum"><strong>{bytes(total)}</strong> <span class="gm-dim">{trans._n('in %2 file', 'in %2 files', files, files.toLocaleString('en'))}</span></p>
      <svg class="gm-total-bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">{bars(parts, total)}</svg>
      <ul>
        {parts.map(p => (
          <li key={p.name}>
            <svg class="gm-swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class={`gm-fill-${p.look}`} width="10" height="10" rx="2" /></svg>
            <span class="gm-total-name">{trans.__(p.name)}</span> <span class="gm-num">{bytes(p.size)}</span> <span class="gm-dim">{trans.__(p.about)}</span>
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
    const text = trans.__('%1 can be freed without losing anything that is recorded: %2 does it, %3 says before what it would do.', '%1', '%2', '%3');
    return placed(text, bytes(usage.reclaimable), <code>gemba gc</code>, <code>gemba gc --dry-run</code>);
  }
  const text = trans.__('Everything here is needed by some entry. %1 tells how recorded contents can be let go, and %2 takes a secret out.', '%1', '%2');
  return placed(text, <code>gemba gc --help</code>, <code>gemba purge</code>);
}
