import { Icon } from '../../parts/icon';
import { Link } from '../../parts/link';
import { trans } from '../../trans';
import type { Direction } from './choose';
import type { Edge, Graph, Node } from './graph';
import { edges as words, kindOf, wordOf } from './kinds';
import { lastName } from './node';

interface Props {
  node: Node;
  graph: Graph;
  members: Node[] | undefined;
  way: 'before' | 'after';
  setWay(way: 'before' | 'after'): void;
  choose(id: string): void;
  open(group: string): void;
  go(id: string, direction: Direction): void;
}

/** What is known of the chosen node, its neighbours, and the ways from here. */
export function Details({ node, graph, members, way, setWay, choose, open, go }: Props) {
  const before = graph.before.get(node.id) ?? [];
  const after = graph.after.get(node.id) ?? [];
  return (
    <section class="gm-lineage-details" aria-label={trans.__('Chosen')}>
      <h2 dir="auto">{lastName(node)}</h2>
      {lastName(node) !== node.name && <p class="gm-dim gm-lineage-path">{node.name}</p>}
      <p class="gm-lineage-facts">
        <span class="gm-chip"><Icon path={kindOf(node.kind).mark} />{wordOf(node.kind)}</span>
        {node.status && <span class="gm-chip">{node.status}</span>}
        {node.stale && <span class="gm-chip gm-chip-warn">↻ {trans.__('stale')}</span>}
      </p>
      {(node.because ?? []).length > 0 && <ul class="gm-lineage-because">{node.because!.map(text => <li key={text}>{text}</li>)}</ul>}
      {node.names_unknown && <p class="gm-dim">{trans.__('What this cell used of earlier ones is not known.')}</p>}
      {node.digest && <p class="gm-mono gm-dim gm-cut" title={node.digest}>{node.digest.replace(/^(sha256:)?/, 'sha256 ').slice(0, 31)}…</p>}
      {members && <button class="gm-button" onClick={() => open(node.id)}>{trans._n('Show the %1 one by one', 'Show the %1 one by one', members.length)}</button>}
      <p class="gm-lineage-links">
        <Source node={node} />
        {!members && (
          <button class="gm-link" onClick={() => go(node.kind === 'cell' || node.kind === 'run' ? (node.of ?? node.id) : node.id, way === 'before' ? 'upstream' : 'downstream')}>
            {trans.__('Only its way')}
          </button>
        )}
      </p>
      <div class="gm-lineage-way" role="group" aria-label={trans.__('What is lit')}>
        <button class="gm-button" aria-pressed={way === 'before'} onClick={() => setWay('before')}>{trans.__('Came of')}</button>
        <button class="gm-button" aria-pressed={way === 'after'} onClick={() => setWay('after')}>{trans.__('Became')}</button>
      </div>
      <Neighbours title={trans.__('Before it')} edges={before} end="from" graph={graph} choose={choose} />
      <Neighbours title={trans.__('After it')} edges={after} end="to" graph={graph} choose={choose} />
    </section>
  );
}

/** Where a node is shown with all that is recorded of it. */
function Source({ node }: { node: Node }) {
  if (node.kind === 'cell' && node.of) return <Link to={{ view: 'timeline', params: { cell: node.of } }}>{trans.__('Show the source')}</Link>;
  if (node.kind === 'run' && node.of) return <Link to={{ view: 'runs', params: { run: node.of } }}>{trans.__('Show the run')}</Link>;
  return null;
}

function Neighbours({ title, edges, end, graph, choose }: { title: string; edges: Edge[]; end: 'from' | 'to'; graph: Graph; choose(id: string): void }) {
  if (edges.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul class="gm-lineage-near">
        {edges.slice(0, 40).map(edge => {
          const other = graph.nodes.get(edge[end])!;
          const said = words[edge.kind]?.[end];
          return (
            <li key={`${edge.kind} ${other.id}`}>
              <button class="gm-link gm-cut" title={other.name} onClick={() => choose(other.id)}>{lastName(other)}</button>
              <span class="gm-dim">{said ? trans.__(said) : edge.kind}{edge.names && `: ${edge.names.slice(0, 5).join(', ')}`}</span>
            </li>
          );
        })}
        {edges.length > 40 && <li class="gm-dim">{trans.__('and %1 more', edges.length - 40)}</li>}
      </ul>
    </div>
  );
}
