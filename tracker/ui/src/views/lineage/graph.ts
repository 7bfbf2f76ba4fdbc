// What leads to what: neighbours, what something came of, and alike nodes as one.
import type { Schemas } from '../../api/client';
import { trans } from '../../trans';

export type Node = Schemas['Node'];
export type Edge = Schemas['Edge'];

/** A graph with its neighbours at hand. */
export interface Graph {
  nodes: Map<string, Node>;
  edges: Edge[];
  before: Map<string, Edge[]>;
  after: Map<string, Edge[]>;
}

export function graphOf(nodes: Node[], edges: Edge[]): Graph {
  const graph: Graph = { nodes: new Map(nodes.map(n => [n.id, n])), edges: [], before: new Map(), after: new Map() };
  for (const edge of edges) {
    if (!graph.nodes.has(edge.from) || !graph.nodes.has(edge.to) || edge.from === edge.to) continue;
    graph.edges.push(edge);
    graph.before.set(edge.to, [...(graph.before.get(edge.to) ?? []), edge]);
    graph.after.set(edge.from, [...(graph.after.get(edge.from) ?? []), edge]);
  }
  return graph;
}

/**
 * The ids of all that something came of, or that came of it; its own among them. Declarations are used as they read: what led to the cell
 * that declares them did not lead to the one that uses them.
 */
export function closure(graph: Graph, id: string, way: 'before' | 'after'): Set<string> {
  const found = new Set([id]);
  const passed = new Set([id]);
  for (const at of passed) {
    for (const edge of graph[way].get(at) ?? []) {
      if (edge.declared && way === 'after' && at !== id) continue;
      const next = way === 'before' ? edge.from : edge.to;
      found.add(next);
      if (!edge.declared || way === 'after') passed.add(next);
    }
  }
  return found;
}

/** Without the kinds that are hidden: what they stood between is joined, so that paths stay paths. */
export function without(graph: Graph, hidden: Set<string>): Graph {
  if (hidden.size === 0) return graph;
  const kept = [...graph.nodes.values()].filter(n => !hidden.has(n.kind));
  const edges = new Map<string, Edge>();
  for (const node of kept) {
    for (const edge of reached(graph, node.id, hidden)) edges.set(`${edge.from} ${edge.to}`, edge);
  }
  return graphOf(kept, [...edges.values()]);
}

/** Edges from a node to the next ones that are not hidden. */
function reached(graph: Graph, from: string, hidden: Set<string>): Edge[] {
  const edges: Edge[] = [];
  const passed = new Set<string>();
  const walk = (id: string, first: Edge | undefined): void => {
    for (const edge of graph.after.get(id) ?? []) {
      if (edge.declared && first) continue;
      if (!hidden.has(graph.nodes.get(edge.to)!.kind)) edges.push(first ? { from, to: edge.to, kind: 'through' } : edge);
      else if (!passed.has(edge.to)) {
        passed.add(edge.to);
        walk(edge.to, edge);
      }
    }
  };
  walk(from, undefined);
  return edges;
}

const few = 4;

/** Nodes of one kind that have the same neighbours are drawn as one, named by how many they are, until the reader opens it. */
export function collapsed(graph: Graph, opened: Set<string>): { graph: Graph; members: Map<string, Node[]> } {
  const alike = new Map<string, Node[]>();
  for (const node of graph.nodes.values()) {
    if (node.kind !== 'file' && node.kind !== 'artifact') continue;
    const key = [node.kind, node.stale, ...ends(graph.before.get(node.id), 'from'), '→', ...ends(graph.after.get(node.id), 'to')].join(' ');
    alike.set(key, [...(alike.get(key) ?? []), node]);
  }
  const members = new Map<string, Node[]>();
  const group = new Map<string, string>();
  for (const nodes of alike.values()) {
    const id = `group:${nodes[0]!.id}`;
    if (nodes.length < few || opened.has(id)) continue;
    members.set(id, nodes);
    for (const node of nodes) group.set(node.id, id);
  }
  const nodes = [...graph.nodes.values()].filter(n => !group.has(n.id));
  for (const [id, all] of members) nodes.push({ ...all[0]!, id, name: many(all[0]!.kind, all.length) });
  const edges = new Map<string, Edge>();
  for (const e of graph.edges) {
    const edge = { ...e, from: group.get(e.from) ?? e.from, to: group.get(e.to) ?? e.to };
    edges.set(`${edge.from} ${edge.to} ${edge.kind}`, edge);
  }
  return { graph: graphOf(nodes, [...edges.values()]), members };
}

function many(kind: string, n: number): string {
  return kind === 'file' ? trans._n('%1 file', '%1 files', n) : trans._n('%1 artifact', '%1 artifacts', n);
}

function ends(edges: Edge[] | undefined, end: 'from' | 'to'): string[] {
  return (edges ?? []).map(e => `${e.kind} ${e[end]}`).sort();
}
