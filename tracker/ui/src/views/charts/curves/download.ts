// Charts as files: the picture with its legend, and every point that was logged.
import type { Client } from '../../../api/client';
import { trans } from '../../../trans';
import { numberOf } from '../runs';
import { drawMark } from './draw';
import type { Line } from './line';
import { paletteOf } from '../theme';
import type { Shown } from './scene';

export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name.replace(/[^\w.-]+/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves what a chart shows, with its name above and its runs below. */
export function savePNG(chart: HTMLElement, metric: string, lines: Line[]): void {
  const plot = chart.querySelector('canvas')!, ratio = devicePixelRatio, palette = paletteOf(chart);
  const canvas = document.createElement('canvas'), c = canvas.getContext('2d')!, row = 18 * ratio, head = 30 * ratio;
  const columns = Math.max(1, Math.floor(plot.width / (180 * ratio))), shown = lines.slice(0, 40);
  canvas.width = plot.width;
  canvas.height = head + plot.height + Math.ceil(shown.length / columns) * row + 12 * ratio;
  c.fillStyle = palette.ground;
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.drawImage(plot, 0, head);
  c.fillStyle = palette.text;
  c.font = `600 ${13 * ratio}px system-ui, sans-serif`;
  c.fillText(metric, 10 * ratio, 20 * ratio);
  c.font = `${11 * ratio}px system-ui, sans-serif`;
  shown.forEach((l, i) => {
    const x = ((i % columns) * plot.width) / columns + 16 * ratio, y = head + plot.height + (Math.floor(i / columns) + 0.5) * row;
    c.fillStyle = palette.series[l.look.color]!;
    drawMark(c, l.look.mark, x, y, ratio);
    c.fillStyle = palette.text;
    c.fillText(l.name, x + 10 * ratio, y + 4 * ratio, plot.width / columns - 30 * ratio);
  });
  canvas.toBlob(blob => blob && save(blob, `${metric}.png`));
}

/** As many points as a request gives, and by how many fewer it gives when none was left out (see series/store.ts). */
const most = 10000, slack = 2048;
type Point = [step: number, time: number, value: number];

/** Every point of a series: parts of it are halved until nothing is left out of them. */
async function everyPoint(client: Client, run: string, metric: string, from: number, to: number): Promise<Point[]> {
  const answer = await client.get('/api/series', { run: [run], metric: [metric], by: 'time', points: most, from, to });
  const c = answer.series?.[0], n = c?.x?.length ?? 0;
  const points = (c?.x ?? []).map((x, i): Point => [c!.steps![i]!, x, numberOf(c!.y![i])]);
  if (n < most - slack || n === c!.points || from === to) return points;
  const low = Math.max(from, points.reduce((a, p) => Math.min(a, p[0]), Infinity)), high = Math.min(to, points.reduce((a, p) => Math.max(a, p[0]), -Infinity));
  if (low >= high) return points;
  const middle = Math.floor((low + high) / 2), all: Point[] = [];
  for (const [a, b] of [[from, low - 1], [low, middle], [middle + 1, high], [high + 1, to]] as const) {
    if (a <= b) for (const point of await everyPoint(client, run, metric, a, b)) all.push(point);
  }
  return all;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Saves all points of a metric of runs, not only those that are drawn. */
export async function saveCSV(client: Client, metric: string, runs: Shown[], say: (text: string) => void): Promise<void> {
  const rows = ['run_id,run,metric,step,time,value\n'];
  for (const { id, name } of runs) {
    say(trans.__('Reading %1…', name));
    for (const [step, time, value] of await everyPoint(client, id, metric, 1 - 2 ** 53, 2 ** 53)) {
      rows.push(`${id},${quoted(name)},${quoted(metric)},${step},${new Date(time * 1000).toISOString()},${value}\n`);
    }
  }
  say('');
  save(new Blob(rows, { type: 'text/csv' }), `${metric}.csv`);
}
