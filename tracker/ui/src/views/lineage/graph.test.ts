import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { closure, collapsed, graphOf, without, type Edge, type Node } from './graph';
import { layered } from './layers';

const node = (id: string, kind = 'file'): Node => ({ id, kind, name: id, stale: false }) as unknown as Node;
const edge = (from: string, to: string): Edge => ({ from, to, kind: 'used' }) as unknown as Edge;

test('edges to what is not there, or to itself, are left out', () => {
  const graph = graphOf([node('a'), node('b')], [edge('a', 'b'), edge('a', 'x'), edge('b', 'b')]);
  deepEqual(graph.edges.map(e => [e.from, e.to]), [['a', 'b']]);
});

test('what something came of is found, also around a circle', () => {
  const graph = graphOf(['a', 'b', 'c', 'd'].map(id => node(id)), [edge('a', 'b'), edge('b', 'c'), edge('c', 'b'), edge('c', 'd')]);
  deepEqual([...closure(graph, 'c', 'before')].sort(), ['a', 'b', 'c']);
  deepEqual([...closure(graph, 'b', 'after')].sort(), ['b', 'c', 'd']);
});

test('declarations are the end of a way, unless something else leads on', () => {
  const declared = (from: string, to: string): Edge => ({ ...edge(from, to), declared: true });
  const edges = [declared('settings', 'prepare'), edge('raw', 'prepare'), edge('prepare', 'clean'), declared('prepare', 'use'), declared('prepare', 'read'), edge('clean', 'read')];
  const graph = graphOf(['settings', 'raw', 'prepare', 'clean', 'use', 'read'].map(id => node(id, id === 'raw' || id === 'clean' ? 'file' : 'cell')), edges);
  const found = (id: string, way: 'before' | 'after'): string[] => [...closure(graph, id, way)].sort();
  deepEqual(found('use', 'before'), ['prepare', 'use']);
  deepEqual(found('read', 'before'), ['clean', 'prepare', 'raw', 'read', 'settings']);
  deepEqual(found('raw', 'after'), ['clean', 'prepare', 'raw', 'read']);
  deepEqual(found('settings', 'after'), ['clean', 'prepare', 'read', 'settings']);
  deepEqual(without(graph, new Set(['cell'])).edges.map(e => [e.from, e.to]), [['raw', 'clean']]);
});

test('many alike are drawn as one until they are opened', () => {
  const files = Array.from({ length: 10 }, (_, i) => `f${i}`);
  const graph = graphOf([...files.map(id => node(id)), node('cell', 'cell')], files.map(id => edge(id, 'cell')));
  const { graph: drawn, members } = collapsed(graph, new Set());
  equal(drawn.nodes.size, 2);
  const [[id, all]] = [...members] as [[string, Node[]]];
  equal(all.length, 10);
  equal(collapsed(graph, new Set([id])).graph.nodes.size, 11);
});

test('every node of a large graph has a place of its own, behind what it came of', () => {
  const ids = Array.from({ length: 500 }, (_, i) => `n${i}`);
  const edges = ids.slice(1).map((id, i) => edge(ids[Math.floor(i / 3)]!, id));
  const drawing = layered(graphOf(ids.map(id => node(id)), edges));
  equal(new Set([...drawing.at.values()].map(p => `${p.x} ${p.y}`)).size, 500);
  for (const { from, to } of edges) ok(drawing.at.get(from)!.x < drawing.at.get(to)!.x, `${from} is not before ${to}`);
});
