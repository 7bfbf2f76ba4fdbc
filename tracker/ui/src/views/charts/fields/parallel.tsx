// Parallel coordinates (Inselberg, "The plane with parallel coordinates", 1985): an axis for each field, a line for each run. Dragging
// along an axis chooses runs; the ranges below it do the same by keyboard.
import { useMemo, useState } from 'preact/hooks';
import { placed, trans } from '../../../trans';
import { Canvas, inSlices, type Area, type Draw } from './canvas';
import { ChosenRuns } from './chosen';
import { FieldChecks, FieldSelect } from './choose';
import type { FieldsProps } from './fields';
import { share, ticksOf, valueAt, type Field } from './table';
import { tick } from '../curves/axes';
import { colorsBy, ColorKey } from './color';
import { axisName, fitting, write } from './text';

/** The chosen part of an axis, as shares of it. */
type Brush = [from: number, to: number];

const top = 44, bottom = 16, side = 56;

function within(brushes: Map<string, Brush>, fields: Field[], i: number): boolean {
  for (const f of fields) {
    const b = brushes.get(f.name);
    if (b === undefined) continue;
    const at = share(f, f.values[i]!);
    if (!(at >= b[0] - 1e-9 && at <= b[1] + 1e-9)) return false;
  }
  return true;
}

export function Parallel({ rows, columns, fields, names, change }: FieldsProps) {
  const axes = useMemo(() => names.axes.flatMap(n => (fields.get(n)?.runs ? [fields.get(n)!] : [])), [fields, names]);
  const color = fields.get(names.color);
  const [brushes, setBrushes] = useState(new Map<string, Brush>());
  const chosen = useMemo(() => rows.map((_, i) => i).filter(i => within(brushes, axes, i)), [rows, axes, brushes]);
  const draw = useMemo(() => drawing(axes, rows.length, new Set(chosen), color, brushes), [axes, chosen, color, rows, brushes]);
  const brush = (name: string, b: Brush | null): void => {
    const next = new Map(brushes);
    if (b === null) next.delete(name);
    else next.set(name, b);
    setBrushes(next);
  };
  const n = rows.length, of = n.toLocaleString('en'), some = chosen.length.toLocaleString('en'), labels = axes.map(a => a.label).join(', '), all = brushes.size === 0;
  const title = all ? trans._n('All %2 runs', 'All %2 runs', n, of) : trans._n('%2 of %3 runs', '%2 of %3 runs', n, some, of);
  const about = all
    ? trans._n('Parallel coordinates of all %2 runs: %3.', 'Parallel coordinates of all %2 runs: %3.', n, of, labels)
    : trans._n('Parallel coordinates of %2 of %3 runs: %4.', 'Parallel coordinates of %2 of %3 runs: %4.', n, some, of, labels);
  return (
    <div class="gm-body gm-charts-fields">
      <div class="gm-charts-row">
        <FieldChecks chosen={names.axes} columns={columns} change={axis => change({ axis })} />
        <FieldSelect label={trans.__('colour by')} value={names.color} columns={columns} change={c => change({ color: c })} none={trans.__('nothing')} />
        <ColorKey field={color} />
        <span class="gm-space" />
        {brushes.size > 0 && <button class="gm-button" onClick={() => setBrushes(new Map())}>{trans.__('Choose all again')}</button>}
        <span class="gm-dim gm-charts-hint">{trans.__('Drag along an axis to choose runs')}</span>
      </div>
      <Canvas draw={draw} label={`${about} ${trans.__('The ranges and the table below say the same.')}`}>
        {axes.map((f, i) => <Axis key={f.name} field={f} at={axes.length === 1 ? 0.5 : i / (axes.length - 1)} brush={b => brush(f.name, b)} />)}
      </Canvas>
      <Ranges axes={axes} brushes={brushes} brush={brush} />
      <ChosenRuns rows={rows} chosen={chosen} fields={axes} title={title} />
    </div>
  );
}

/** Where an axis is dragged. */
function Axis({ field, at, brush }: { field: Field; at: number; brush(b: Brush | null): void }) {
  const [from, setFrom] = useState<number | null>(null);
  const shareOf = (e: PointerEvent & { currentTarget: HTMLElement }): number => {
    const box = e.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (e.clientY - box.top - top) / (box.height - top - bottom)));
  };
  const place = (el: HTMLDivElement | null): void => {
    if (el) el.style.left = `calc(${side}px + (100% - ${2 * side}px) * ${at} - 16px)`;
  };
  return (
    <div
      class="gm-charts-axis" ref={place} data-axis={field.name}
      onPointerDown={e => (e.currentTarget.setPointerCapture(e.pointerId), setFrom(shareOf(e)))}
      onPointerMove={e => from !== null && Math.abs(shareOf(e) - from) > 0.01 && brush([Math.min(from, shareOf(e)), Math.max(from, shareOf(e))])}
      onPointerUp={e => (from !== null && Math.abs(shareOf(e) - from) <= 0.01 && brush(null), setFrom(null))}
    />
  );
}

/** The lines: those that are not chosen faint behind the others, which have the colour of their value. */
function drawing(axes: Field[], n: number, chosen: Set<number>, by: Field | undefined, brushes: Map<string, Brush>): Draw {
  return (area, stopped) => {
    const { c, height, palette } = area, color = colorsBy(by, palette, palette.accent), x = placesOf(axes, area), spread = chosen.size < n;
    const y = axes.map(f => Float64Array.from(f.values, v => top + (1 - share(f, v)) * (height - top - bottom)));
    const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => Number(chosen.has(a)) - Number(chosen.has(b)));
    const strong = Math.min(0.9, Math.max(0.07, 12 / Math.sqrt(chosen.size * 4)));
    c.lineWidth = 1;
    inSlices(n, stopped, (from, to) => {
      for (let k = from; k < to; k++) {
        const i = order[k]!, on = chosen.has(i);
        c.globalAlpha = on ? strong : 0.04;
        c.strokeStyle = on ? color(i) : palette.dim;
        stroke(c, x, y, i);
      }
      c.globalAlpha = 1;
      if (to === n) axesOf(area, axes, x, brushes, spread);
    });
  };
}

function stroke(c: CanvasRenderingContext2D, x: number[], y: Float64Array[], i: number): void {
  c.beginPath();
  let pen = false;
  for (let a = 0; a < x.length; a++) {
    const at = y[a]![i]!;
    if (Number.isNaN(at)) pen = false; // a run without the field has a gap
    else if (pen) c.lineTo(x[a]!, at);
    else (c.moveTo(x[a]!, at), (pen = true));
  }
  c.stroke();
}

function placesOf(axes: Field[], { width }: Area): number[] {
  return axes.map((_, i) => side + (width - 2 * side) * (axes.length === 1 ? 0.5 : i / (axes.length - 1)));
}

function axesOf({ c, width, height, palette }: Area, axes: Field[], x: number[], brushes: Map<string, Brush>, spread: boolean): void {
  const long = height - top - bottom, room = Math.max(40, (width - 2 * side) / Math.max(1, axes.length - 1) - 10);
  axes.forEach((f, i) => {
    const at = x[i]!, b = brushes.get(f.name), across = i === 0 ? 'left' : i === axes.length - 1 ? 'right' : 'center';
    c.fillStyle = palette.line;
    c.fillRect(at - 0.75, top, 1.5, long);
    if (b && spread) {
      c.fillStyle = palette.accent;
      c.globalAlpha = 0.25;
      c.fillRect(at - 7, top + (1 - b[1]) * long, 14, Math.max(2, (b[1] - b[0]) * long));
      c.globalAlpha = 1;
      c.strokeStyle = palette.accent;
      c.strokeRect(at - 7, top + (1 - b[1]) * long, 14, Math.max(2, (b[1] - b[0]) * long));
    }
    c.fillStyle = palette.text;
    c.font = '600 12px system-ui, sans-serif';
    c.textAlign = across;
    write(c, axisName(f), across === 'center' ? at : across === 'left' ? at - side + 8 : at + side - 8, 18, room);
    c.font = '11px system-ui, sans-serif';
    c.textAlign = 'left';
    for (const { at: place, value } of ticksOf(f)) {
      const text = fitting(f.categories ? f.categories[value]! : tick(value), Math.min(110, room - 4), t => c.measureText(t).width), y = top + (1 - place) * long + 4;
      const wide = c.measureText(text).width, left = i === axes.length - 1 ? at - wide - 9 : at + 7;
      c.globalAlpha = 0.8;
      c.fillStyle = palette.ground;
      c.fillRect(left - 2, y - 10, wide + 4, 13);
      c.globalAlpha = 1;
      c.fillStyle = palette.dim;
      c.fillText(text, left, y);
    }
  });
}

/** The chosen ranges as fields to type in. */
function Ranges({ axes, brushes, brush }: { axes: Field[]; brushes: Map<string, Brush>; brush(name: string, b: Brush | null): void }) {
  const set = (f: Field, end: 0 | 1, text: string): void => {
    const now = [...(brushes.get(f.name) ?? [0, 1])] as Brush, value = Number(text);
    if (text === '' || !Number.isFinite(value) || (f.log && value <= 0)) return;
    now[end] = share(f, value);
    brush(f.name, now);
  };
  return (
    <details class="gm-charts-ranges">
      <summary>{trans.__('Ranges')}</summary>
      <div>
        {axes.map(f => {
          const b = brushes.get(f.name) ?? [0, 1], said = [trans.__('%1 from', f.label), trans.__('%1 to', f.label)];
          const ends = ([0, 1] as const).map(end =>
            f.categories ? (
              <select key={end} class="gm-select" aria-label={said[end]} value={String(Math.round(valueAt(f, b[end])))} onChange={e => set(f, end, e.currentTarget.value)}>
                {f.categories.map((text, i) => <option key={text} value={String(i)}>{text}</option>)}
              </select>
            ) : (
              <input key={end} class="gm-input" type="number" step="any" aria-label={said[end]} value={String(Number(valueAt(f, b[end]).toPrecision(6)))} onChange={e => set(f, end, e.currentTarget.value)} />
            ),
          );
          return <fieldset key={f.name}><legend>{f.label}</legend>{placed(trans.__('%1 to %2', '%1', '%2'), ...ends)}</fieldset>;
        })}
      </div>
    </details>
  );
}
