import { useState } from 'preact/hooks';
import { trans } from '../../trans';
import type { Graph, Node } from './graph';
import { kinds } from './kinds';
import { lastName, nameOf } from './node';

interface Props {
  graph: Graph;
  hidden: Set<string>;
  chosen: string | undefined;
  lit: Set<string> | undefined;
  choose(id: string): void;
}

const most = 200;

/** All nodes by kind: the graph for who reads it as a list. */
export function List({ graph, hidden, chosen, lit, choose }: Props) {
  const [text, setText] = useState('');
  const wanted = [...graph.nodes.values()].filter(n => !hidden.has(n.kind) && nameOf(n).toLowerCase().includes(text.toLowerCase()));
  return (
    <section class="gm-lineage-list" aria-label={trans.__('All as a list')}>
      <input class="gm-input" type="search" placeholder={trans.__('Find a file, cell or run')} aria-label={trans.__('Find in the graph')} value={text}
        onInput={event => setText(event.currentTarget.value)} />
      {kinds.map(kind => <Kind key={kind.id} title={trans.__(kind.title)} nodes={wanted.filter(n => n.kind === kind.id)} chosen={chosen} lit={lit} choose={choose} />)}
      {wanted.length === 0 && <p class="gm-dim">{trans.__('Nothing here is called so.')}</p>}
    </section>
  );
}

function Kind({ title, nodes, chosen, lit, choose }: { title: string; nodes: Node[]; chosen: string | undefined; lit: Set<string> | undefined; choose(id: string): void }) {
  if (nodes.length === 0) return null;
  return (
    <>
      <h3>{title} <span class="gm-dim">{nodes.length}</span></h3>
      <ul>
        {nodes.slice(0, most).map(n => (
          <li key={n.id}>
            <button class={`gm-lineage-item ${lit?.has(n.id) ? 'gm-lineage-on' : ''}`} aria-current={n.id === chosen} title={n.name} onClick={() => choose(n.id)}>
              <span class="gm-cut" dir="auto">{lastName(n)}</span>
              {lit?.has(n.id) && <span class="gm-visually-hidden">, {trans.__('lit')}</span>}
              {n.stale && <span class="gm-lineage-stale">{trans.__('stale')}</span>}
            </button>
          </li>
        ))}
        {nodes.length > most && <li class="gm-dim">{trans._n('and %1 more: find them by name', 'and %1 more: find them by name', nodes.length - most)}</li>}
      </ul>
    </>
  );
}
