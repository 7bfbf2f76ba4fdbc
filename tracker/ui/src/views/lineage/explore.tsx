import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { trans } from '../../trans';
import { Canvas } from './canvas';
import type { Direction } from './choose';
import { Details } from './details';
import { closure, collapsed, graphOf, without, type Node } from './graph';
import { Kinds } from './filter';
import { draw } from './layout';
import { List } from './list';

interface Props {
  answer: Schemas['Graph'];
  /** The id that was asked for: its node is chosen first, where it has one. */
  focus: string;
  go(id: string, direction: Direction): void;
}

/** A graph, what is known of the chosen node, and all nodes as a list. */
export function Explore({ answer, focus, go }: Props) {
  const [hidden, setHidden] = useState<Set<string>>(new Set());
  const [opened, setOpened] = useState<Set<string>>(new Set());
  const [chosen, setChosen] = useState<string | undefined>(() => startOf(answer, focus));
  const [way, setWay] = useState<'before' | 'after'>('before');
  const whole = useMemo(() => graphOf(answer.nodes ?? [], answer.edges ?? []), [answer]);
  const shown = useMemo(() => collapsed(without(whole, hidden), opened), [whole, hidden, opened]);
  const drawing = useMemo(() => draw(shown.graph), [shown]);
  const alive = chosen !== undefined && shown.graph.nodes.has(chosen) ? chosen : undefined;
  const lit = useMemo(() => (alive === undefined ? undefined : closure(shown.graph, alive, way)), [shown, alive, way]);
  useEffect(() => {
    if (chosen !== undefined && !shown.graph.nodes.has(chosen)) setChosen(groupOf(shown.members, chosen));
  }, [shown]);
  const open = (group: string): void => setOpened(new Set([...opened, group]));
  const node = alive === undefined ? undefined : shown.graph.nodes.get(alive);
  const stale = [...whole.nodes.values()].filter(n => n.stale).length;
  const missing = answer.missing?.length ?? 0;
  return (
    <>
      <div class="gm-lineage-tools">
        <Kinds graph={whole} hidden={hidden} change={setHidden} />
        <span class="gm-space" />
        <span class="gm-dim" role="status">
          {trans._n('%2 thing', '%2 things', whole.nodes.size, whole.nodes.size.toLocaleString('en'))}
          {stale > 0 && `, ${trans._n('%1 of them stale', '%1 of them stale', stale)}`}
          {answer.cut && `; ${trans.__('there is more: only the nearest are shown')}`}
        </span>
      </div>
      <div class="gm-lineage-main">
        <Canvas graph={shown.graph} drawing={drawing} members={shown.members} chosen={alive} lit={lit} choose={setChosen} open={open} />
        <aside class="gm-lineage-side" aria-label={trans.__('What is chosen, and all there is')}>
          {node ? <Details node={node} graph={shown.graph} members={shown.members.get(node.id)} way={way} setWay={setWay} choose={setChosen} open={open} go={go} /> : (
            <p class="gm-dim gm-lineage-hint">{trans.__('Choose something: all that it came of is lit. Arrow keys walk along the lines.')}</p>
          )}
          <List graph={whole} hidden={hidden} chosen={alive} lit={lit} choose={id => setChosen(groupOf(shown.members, id) ?? id)} />
        </aside>
      </div>
      {missing > 0 && <p class="gm-stale">{lacks(missing)}</p>}
    </>
  );
}

function lacks(documents: number): string {
  return trans._n('Of %1 recorded documents the bytes are not in this ledger: the graph lacks what they tell.',
    'Of %1 recorded documents the bytes are not in this ledger: the graph lacks what they tell.', documents);
}

function startOf(answer: Schemas['Graph'], focus: string): string | undefined {
  const nodes = answer.nodes ?? [];
  const starts = answer.start ?? [];
  if (starts.length === 1) return starts[0];
  return nodes.find(n => n.id === focus || (focus.length >= 4 && n.kind !== 'file' && n.of?.startsWith(focus)) || (n.kind === 'run' && n.name === focus))?.id;
}

function groupOf(members: Map<string, Node[]>, id: string): string | undefined {
  for (const [group, nodes] of members) if (nodes.some(n => n.id === id)) return group;
  return undefined;
}
