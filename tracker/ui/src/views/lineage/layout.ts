// Where nodes stand, from the left to the right: dagre's layout, which looks best, and for large graphs one that is fast.
import { Graph as Layers, layout } from '@dagrejs/dagre';
import type { Graph } from './graph';
import { layered } from './layers';

export const width = 196;
export const height = 40;

export interface Point {
  x: number;
  y: number;
}

export interface Drawing {
  at: Map<string, Point>;
  /** A line for each edge of the graph, in its order. */
  lines: Point[][];
  width: number;
  height: number;
}

const careful = 150; // nodes and edges together: with 300 dagre takes a second, with 1,000 a minute

export function draw(graph: Graph): Drawing {
  if (graph.nodes.size + graph.edges.length > careful) return layered(graph);
  const layers = new Layers({ multigraph: true });
  layers.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, marginx: 24, marginy: 24 });
  layers.setDefaultEdgeLabel(() => ({}));
  for (const id of graph.nodes.keys()) layers.setNode(id, { width, height });
  graph.edges.forEach((edge, i) => layers.setEdge(edge.from, edge.to, {}, String(i)));
  layout(layers);
  const at = new Map<string, Point>();
  for (const id of graph.nodes.keys()) {
    const { x, y } = layers.node(id) as Point;
    at.set(id, { x, y });
  }
  const lines = graph.edges.map((edge, i) => (layers.edge(edge.from, edge.to, String(i)) as { points?: Point[] } | undefined)?.points ?? []);
  const size = layers.graph() as { width?: number; height?: number };
  return { at, lines, width: size.width ?? 0, height: size.height ?? 0 };
}

/** A line through points, bent in between. */
export function path(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let text = `M${first.x},${first.y}`;
  rest.forEach((p, i) => {
    const next = rest[i + 1];
    text += next ? `Q${p.x},${p.y} ${(p.x + next.x) / 2},${(p.y + next.y) / 2}` : `L${p.x},${p.y}`;
  });
  return text;
}

/** The node nearest to one in a direction: along edges to the sides, else the next above or below. */
export function neighbour(graph: Graph, drawing: Drawing, id: string, key: string): string | undefined {
  const here = drawing.at.get(id);
  if (!here) return undefined;
  const near = (ids: string[]): string | undefined => ids.sort((a, b) => Math.abs(drawing.at.get(a)!.y - here.y) - Math.abs(drawing.at.get(b)!.y - here.y))[0];
  if (key === 'ArrowLeft') return near((graph.before.get(id) ?? []).map(e => e.from));
  if (key === 'ArrowRight') return near((graph.after.get(id) ?? []).map(e => e.to));
  const sign = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (sign === 0) return undefined;
  return near([...drawing.at].filter(([other, p]) => other !== id && Math.abs(p.x - here.x) < width && (p.y - here.y) * sign > 0).map(([other]) => other));
}
