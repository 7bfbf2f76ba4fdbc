import { baseName } from '../../parts/format';
import { trans } from '../../trans';
import type { Node } from './graph';
import { kindOf, wordOf } from './kinds';
import { height, width, type Point } from './layout';

interface Props {
  node: Node;
  at: Point;
  chosen: boolean;
  /** Whether it is on the way that is lit; undefined where nothing is. */
  lit: boolean | undefined;
  /** Whether Tab comes here. */
  first: boolean;
  choose(id: string): void;
  open?: (() => void) | undefined;
}

/** One node of the drawing. */
export function NodeMark({ node, at, chosen, lit, first, choose, open }: Props) {
  const kind = kindOf(node.kind);
  const [title, about] = wordsOf(node);
  const look = ['gm-node', chosen && 'gm-node-chosen', lit === true && 'gm-node-lit', lit === false && 'gm-node-dim', node.stale && 'gm-node-stale', bad(node) && 'gm-node-bad', open && 'gm-node-group'];
  return (
    <g class={look.filter(Boolean).join(' ')} transform={`translate(${at.x - width / 2} ${at.y - height / 2})`} data-node={node.id} role="button" tabindex={first ? 0 : -1}
      aria-pressed={chosen} onClick={() => choose(node.id)} onFocus={() => choose(node.id)} onDblClick={open}>
      <title>{nameOf(node)}</title>
      {open && <rect class="gm-node-shade" x="4" y="4" width={width} height={height} rx="7" />}
      <rect class="gm-node-box" width={width} height={height} rx="7" />
      <path class={`gm-node-mark gm-kind-${kind.id}`} d={kind.mark} transform="translate(10 12)" fill-rule="evenodd" />
      <text aria-hidden="true" class="gm-node-title" x="34" y={about ? 17 : 25}>{title}</text>
      {about && <text aria-hidden="true" class="gm-node-about" x="34" y="31">{about}</text>}
      {(node.stale || bad(node)) && <text class="gm-node-sign" x={width - 16} y="17" aria-hidden="true">{bad(node) ? '✕' : '↻'}</text>}
    </g>
  );
}

function bad(node: Node): boolean {
  return ['error', 'failed', 'killed', 'interrupted', 'aborted'].includes(node.status ?? '');
}

/** A node in words, for who does not see it. */
export function nameOf(node: Node): string {
  const kind = node.id.startsWith('group:') ? '' : wordOf(node.kind) + ' ';
  return `${kind}${node.name}${node.status ? `, ${node.status}` : ''}${node.stale ? `, ${trans.__('stale: %1', (node.because ?? []).join(', '))}` : ''}`;
}

/** The two lines that fit into a node. */
function wordsOf(node: Node): [string, string] {
  if (node.id.startsWith('group:')) return [node.name, trans.__('alike: opens with Enter')];
  if (!isPath(node)) return [cut(node.name, 19), cut(node.status ? `${wordOf(node.kind)} · ${node.status}` : wordOf(node.kind), 22)];
  const folder = node.name.split(/[/\\]/).at(-2);
  return [cut(lastName(node), 19), cut(folder ? trans.__('in %1', folder) : wordOf(node.kind), 22)];
}

function isPath(node: Node): boolean {
  return node.kind === 'file' || node.kind === 'artifact';
}

/** A name without the folders that it lies in. */
export function lastName(node: Node): string {
  return (isPath(node) && baseName(node.name)) || node.name;
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? letters.slice(0, most - 1).join('') + '…' : text;
}
