import { Icon } from '../../parts/icon';
import { trans } from '../../trans';
import type { Graph } from './graph';
import { kinds } from './kinds';

/** Which kinds are shown. What stands between two others is left out without breaking the path. */
export function Kinds({ graph, hidden, change }: { graph: Graph; hidden: Set<string>; change(hidden: Set<string>): void }) {
  const counts = new Map<string, number>();
  for (const node of graph.nodes.values()) counts.set(node.kind, (counts.get(node.kind) ?? 0) + 1);
  const toggle = (id: string): void => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    change(next);
  };
  return (
    <div class="gm-lineage-kinds" role="group" aria-label={trans.__('Kinds that are shown')}>
      {kinds
        .filter(k => counts.has(k.id))
        .map(k => (
          <button key={k.id} class="gm-button" aria-pressed={!hidden.has(k.id)} onClick={() => toggle(k.id)}>
            <Icon path={k.mark} /> {trans.__(k.title)} <span class="gm-lineage-count">{counts.get(k.id)}</span>
          </button>
        ))}
    </div>
  );
}
