import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../parts/icon';
import { trans } from '../../trans';
import type { Graph, Node } from './graph';
import { neighbour, path, type Drawing } from './layout';
import { NodeMark } from './node';
import { useSight } from './sight';

interface Props {
  graph: Graph;
  drawing: Drawing;
  members: Map<string, Node[]>;
  chosen: string | undefined;
  lit: Set<string> | undefined;
  choose(id: string): void;
  open(group: string): void;
}

/** The drawing: dragged to move, wheel to come nearer, arrow keys along the lines. */
export function Canvas({ graph, drawing, members, chosen, lit, choose, open }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const sight = useSight(svg, drawing);
  const walked = useRef(false);
  const first = chosen ?? graph.nodes.keys().next().value;
  useLayoutEffect(() => {
    const at = chosen === undefined ? undefined : drawing.at.get(chosen);
    if (at) sight.reveal(at);
    if (walked.current && chosen !== undefined) svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(chosen)}"]`)?.focus({ preventScroll: true });
    walked.current = false;
  }, [chosen, drawing]);
  const key = (event: KeyboardEvent): void => {
    const to = first === undefined ? undefined : neighbour(graph, drawing, first, event.key);
    if (to !== undefined) {
      walked.current = true;
      choose(to);
    } else if (event.key === 'Enter' && first !== undefined && members.has(first)) open(first);
    else if (event.key === '+' || event.key === '=') sight.nearer(1.25);
    else if (event.key === '-') sight.nearer(0.8);
    else if (event.key === '0') sight.fit();
    else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
  };
  return (
    <div class="gm-lineage-canvas">
      <svg ref={svg} class="gm-lineage-svg" viewBox={sight.box} role="group" onKeyDown={key} {...sight.hands}
        aria-label={trans.__('Graph: arrow keys walk along its lines, plus and minus zoom, 0 shows all')}>
        <defs>
          {['', '-lit'].map(look => (
            <marker key={look} id={`gm-arrow${look}`} class={`gm-arrow${look}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0l8 4-8 4z" /></marker>
          ))}
        </defs>
        {graph.edges.map((edge, i) => {
          const on = lit?.has(edge.from) && lit.has(edge.to);
          return <path key={i} class={on ? 'gm-line gm-line-lit' : lit ? 'gm-line gm-line-dim' : 'gm-line'} d={path(drawing.lines[i] ?? [])} marker-end={on ? 'url(#gm-arrow-lit)' : 'url(#gm-arrow)'} />;
        })}
        {[...graph.nodes.values()].map(node => (
          <NodeMark key={node.id} node={node} at={drawing.at.get(node.id)!} chosen={node.id === chosen} lit={lit?.has(node.id)} first={node.id === first} choose={choose}
            open={members.has(node.id) ? () => open(node.id) : undefined} />
        ))}
      </svg>
      <div class="gm-lineage-zoom">
        <button class="gm-button" aria-label={trans.__('Nearer')} onClick={() => sight.nearer(1.25)}><Icon path="M7 2h2v5h5v2H9v5H7V9H2V7h5z" /></button>
        <button class="gm-button" aria-label={trans.__('Farther')} onClick={() => sight.nearer(0.8)}><Icon path="M2 7h12v2H2z" /></button>
        <button class="gm-button" aria-label={trans.__('Show all')} onClick={sight.fit}><Icon path="M1 1h5v2H3v3H1zM10 1h5v5h-2V3h-3zM1 10h2v3h3v2H1zM13 10h2v5h-5v-2h3z" /></button>
      </div>
    </div>
  );
}
