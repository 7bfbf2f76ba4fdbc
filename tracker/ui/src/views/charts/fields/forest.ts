// A small random forest, to tell which params a metric depends on, alone or together: Breiman, "Random forests", 2001. Trees are grown on
// samples with repetition, each split on the best of a third of the columns; a column's importance is by how much the error on the rows
// that a tree has not seen grows when the column's values are shuffled among them (section 10).
import { dice, shuffled } from './stats';

interface Node {
  column: number;
  at: number;
  low: Node | null;
  high: Node | null;
  mean: number;
}

export interface Importance {
  /** Of each column, the growth of the mean squared error as a share of the target's variance; not below 0. */
  columns: number[];
  /** The share of the variance that the forest explains on rows that it has not seen. */
  explained: number;
}

const trees = 60, depth = 8, leaf = 4, cuts = 16;

function meanOf(y: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += y[row]!;
  return sum / rows.length;
}

/** The best of some cuts of a column: the one that leaves the least variance. */
function bestCut(x: Float64Array, y: Float64Array, rows: Int32Array, roll: () => number): { at: number; gain: number } {
  let best = { at: NaN, gain: 0 };
  let total = 0;
  for (const row of rows) total += y[row]!;
  for (let k = 0; k < cuts; k++) {
    const at = x[rows[Math.floor(roll() * rows.length)]!]!;
    let n = 0, sum = 0;
    for (const row of rows) if (x[row]! <= at) (n++, (sum += y[row]!));
    const m = rows.length - n;
    if (n < leaf || m < leaf) continue;
    const gain = (sum * sum) / n + ((total - sum) * (total - sum)) / m - (total * total) / rows.length;
    if (gain > best.gain) best = { at, gain };
  }
  return best;
}

function grow(x: Float64Array[], y: Float64Array, rows: Int32Array, left: number, roll: () => number): Node {
  const node: Node = { column: -1, at: 0, low: null, high: null, mean: meanOf(y, rows) };
  if (left === 0 || rows.length < 2 * leaf) return node;
  let gain = 1e-12;
  for (let k = Math.max(1, Math.ceil(x.length / 3)); k > 0; k--) {
    const column = Math.floor(roll() * x.length), cut = bestCut(x[column]!, y, rows, roll);
    if (cut.gain > gain) [gain, node.column, node.at] = [cut.gain, column, cut.at];
  }
  if (node.column < 0) return node;
  const by = x[node.column]!;
  node.low = grow(x, y, rows.filter(r => by[r]! <= node.at), left - 1, roll);
  node.high = grow(x, y, rows.filter(r => by[r]! > node.at), left - 1, roll);
  return node;
}

function guess(node: Node, value: (column: number) => number): number {
  while (node.low && node.high) node = value(node.column) <= node.at ? node.low : node.high;
  return node.mean;
}

/** Which columns a target depends on. All values are numbers; 30 rows or more say something. Takes about a second for 1000 rows of 20 columns. */
export async function importance(x: Float64Array[], y: Float64Array, rest: () => Promise<void>): Promise<Importance> {
  const n = y.length, roll = dice(20011001), all = Int32Array.from({ length: n }, (_, i) => i), mean = meanOf(y, all);
  let variance = 0, error = 0, judged = 0;
  for (const v of y) variance += (v - mean) ** 2 / n;
  const grown = x.map(() => 0), sum = new Float64Array(n), votes = new Float64Array(n);
  for (let t = 0; t < trees; t++) {
    const rows = all.map(() => Math.floor(roll() * n)), seen = new Set(rows), unseen = all.filter(i => !seen.has(i));
    if (unseen.length === 0) continue;
    const tree = grow(x, y, rows, depth, roll);
    const wrong = (column: number, order: Int32Array): number =>
      unseen.reduce((e, row, i) => e + (y[row]! - guess(tree, c => x[c]![c === column ? order[i]! : row]!)) ** 2, 0) / unseen.length;
    for (const row of unseen) (sum[row]! += guess(tree, c => x[c]![row]!)), votes[row]!++;
    const base = wrong(-1, unseen);
    for (let c = 0; c < x.length; c++) grown[c]! += wrong(c, shuffled(unseen, roll)) - base;
    if (t % 4 === 3) await rest();
  }
  for (let i = 0; i < n; i++) if (votes[i]! > 0) (judged++, (error += (y[i]! - sum[i]! / votes[i]!) ** 2));
  return { columns: grown.map(g => Math.max(0, g / trees / (variance || 1))), explained: variance > 0 && judged > 0 ? 1 - error / judged / variance : 0 };
}
