// Colours of runs by a field: along a ramp, or of a category each.
import { trans } from '../../../trans';
import { Sign } from '../look';
import { ramp, type Palette } from '../theme';
import { share, type Field } from './table';
import { valueText } from './text';

const hues = 24;

/** The colour of a run, by its place in the list. */
export function colorsBy(f: Field | undefined, palette: Palette, plain: string): (i: number) => string {
  if (f === undefined) return () => plain;
  const colors = ramp(palette, hues);
  return i => {
    const value = f.values[i]!;
    if (!Number.isFinite(value)) return palette.dim;
    return f.categories ? palette.series[value % 8]! : colors[Math.max(0, Math.min(hues - 1, Math.floor(share(f, value) * hues)))]!;
  };
}

/** What the colours mean. */
export function ColorKey({ field }: { field: Field | undefined }) {
  if (field === undefined || field.runs === 0) return null;
  if (field.categories) {
    return (
      <span class="gm-charts-key">
        {field.categories.slice(0, 8).map((text, i) => <span key={text} class="gm-charts-key"><Sign place={i} />{text}</span>)}
        {field.categories.length > 8 && trans.__('and %1 more', field.categories.length - 8)}
      </span>
    );
  }
  return <span class="gm-charts-key">{valueText(field, field.min)} <span class="gm-charts-ramp" aria-hidden="true" /> {valueText(field, field.max)}</span>;
}
