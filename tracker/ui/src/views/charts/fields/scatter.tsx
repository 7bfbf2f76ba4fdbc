// Two fields of runs against each other, coloured by a third one.
import { useMemo, useRef, useState } from 'preact/hooks';
import { trans } from '../../../trans';
import { Canvas, type Area, type Draw } from './canvas';
import { ChosenRuns } from './chosen';
import { FieldSelect } from './choose';
import type { FieldsProps } from './fields';
import { spearman } from './stats';
import { share, ticksOf, type Field } from './table';
import { axisName, correlation, valueText, write } from './text';
import { tick } from '../curves/axes';
import { drawMark } from '../curves/draw';
import { colorsBy, ColorKey } from './color';

const room = { left: 74, right: 56, top: 20, bottom: 48 }, marksOfCategories = 7;

/** A run's place on the canvas. */
function spot(x: Field, y: Field, i: number, width: number, height: number): [number, number] {
  return [room.left + share(x, x.values[i]!) * (width - room.left - room.right), height - room.bottom - share(y, y.values[i]!) * (height - room.top - room.bottom)];
}

export function Scatter({ rows, columns, fields, names, change }: FieldsProps) {
  const x = fields.get(names.x), y = fields.get(names.y), color = fields.get(names.color);
  const placed = useMemo(() => (x && y ? rows.map((_, i) => i).filter(i => Number.isFinite(x.values[i]!) && Number.isFinite(y.values[i]!)) : []), [rows, x, y]);
  const [near, setNear] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const draw = useMemo(() => (x && y ? drawing(x, y, color, placed, near) : () => undefined), [x, y, color, placed, near]);
  const point = (e: PointerEvent): void => {
    const area = box.current!.getBoundingClientRect();
    let best: number | null = null, least = 18 ** 2;
    for (const i of placed) {
      const [a, b] = spot(x!, y!, i, area.width, area.height), far = (a - e.clientX + area.left) ** 2 + (b - e.clientY + area.top) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    if (best !== near) setNear(best);
  };
  const shown = [x, y, color].filter((f, i, all): f is Field => f !== undefined && all.indexOf(f) === i);
  const rho = useMemo(() => (x && y ? spearman(placed.map(i => x.values[i]!), placed.map(i => y.values[i]!)) : NaN), [x, y, placed]);
  const title = trans._n('%2 of %3 runs have both', '%2 of %3 runs have both', rows.length, placed.length.toLocaleString('en'), rows.length.toLocaleString('en'));
  return (
    <div class="gm-body gm-charts-fields">
      <div class="gm-charts-row">
        <FieldSelect label="x" value={names.x} columns={columns} change={v => change({ x: v })} />
        <FieldSelect label="y" value={names.y} columns={columns} change={v => change({ y: v })} />
        <FieldSelect label={trans.__('colour by')} value={names.color} columns={columns} change={v => change({ color: v })} none={trans.__('nothing')} />
        <ColorKey field={color} />
        <span class="gm-space" />
        {Number.isFinite(rho) && !x?.categories && !y?.categories && <span class="gm-chip" title={trans.__("Spearman's rank correlation: 1 and −1 when one always rises or falls with the other, 0 when neither")}>ρ = {correlation(rho)}</span>}
      </div>
      <div ref={box} onPointerMove={point} onPointerLeave={() => setNear(null)}>
        <Canvas draw={draw} label={trans.__('%1 against %2: %3. The table below has the values.', `${y?.label}`, `${x?.label}`, title)}>
          {near !== null && (
            <div class="gm-charts-tip gm-charts-tip-corner" role="status">
              <p class="gm-charts-tip-x" dir="auto">{rows[near]!.name}</p>
              {shown.map(f => <p key={f.name}>{f.label}: <span class="gm-num">{valueText(f, f.values[near]!)}</span></p>)}
            </div>
          )}
        </Canvas>
      </div>
      <ChosenRuns rows={rows} chosen={placed} fields={shown} title={title} />
    </div>
  );
}

function drawing(x: Field, y: Field, by: Field | undefined, placed: number[], near: number | null): Draw {
  return area => {
    const { c, width, height, palette } = area, color = colorsBy(by, palette, palette.series[0]!), size = placed.length > 2000 ? 2.2 : 3.5;
    axes(area, x, y);
    c.globalAlpha = placed.length > 500 ? 0.6 : 0.85;
    for (const i of placed) {
      const [a, b] = spot(x, y, i, width, height);
      c.fillStyle = color(i);
      drawMark(c, by?.categories && by.values[i]! >= 0 ? by.values[i]! % marksOfCategories : 0, a, b, size / 3.5);
    }
    c.globalAlpha = 1;
    if (near === null || near >= x.values.length) return;
    const [a, b] = spot(x, y, near, width, height);
    c.strokeStyle = palette.text;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(a, b, size + 3, 0, 7);
    c.stroke();
  };
}

function axes({ c, width, height, palette }: Area, x: Field, y: Field): void {
  const right = width - room.right, low = height - room.bottom;
  c.font = '11px system-ui, sans-serif';
  c.fillStyle = palette.dim;
  for (const { at, value } of ticksOf(x)) {
    const px = room.left + at * (right - room.left);
    c.fillStyle = palette.line;
    c.fillRect(px, room.top - 8, 1, low - room.top + 16);
    c.fillStyle = palette.dim;
    c.textAlign = 'center';
    write(c, textOf(x, value), px, low + 22, 90);
  }
  for (const { at, value } of ticksOf(y)) {
    const py = low - at * (low - room.top);
    c.fillStyle = palette.line;
    c.fillRect(room.left - 8, py, right - room.left + 16, 1);
    c.fillStyle = palette.dim;
    c.textAlign = 'right';
    write(c, textOf(y, value), room.left - 14, py + 4, 50);
  }
  c.fillStyle = palette.text;
  c.font = '600 12px system-ui, sans-serif';
  c.textAlign = 'right';
  c.fillText(axisName(x), right, height - 6);
  c.textAlign = 'left';
  c.save();
  c.translate(13, room.top);
  c.rotate(Math.PI / 2);
  c.fillText(axisName(y), 0, 0);
  c.restore();
}

function textOf(f: Field, value: number): string {
  return f.categories ? f.categories[value]! : tick(value);
}
