import { useMemo } from 'preact/hooks';
import { pieces, type Look } from './terminal';

const flags = ['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const;

/** The 216 colours and 24 greys that follow the 16 named ones in a terminal's palette of 256. */
function paletteColour(n: number): string {
  if (n >= 232) return `rgb(${Array(3).fill(8 + 10 * (n - 232)).join(' ')})`;
  const level = (i: number): number => (i === 0 ? 0 : 55 + 40 * i);
  return `rgb(${level(Math.floor((n - 16) / 36))} ${level(Math.floor((n - 16) / 6) % 6)} ${level((n - 16) % 6)})`;
}

/** The 16 named colours as xterm has them, for texts on a ground that is no named one: the theme's would not be seen there. */
const named = '000 c00 0c0 cc0 26e c0c 0cc ddd 777 f00 0f0 ff0 55f f0f 0ff fff'.split(' ').map(c => `#${c}`);

/** The class of a named colour, or the colour itself where it has no name. */
function painted(colour: Look['ink'], prefix: string, beside: Look['ink']): { name?: string; colour?: string } {
  if (colour === undefined) return {};
  if (typeof colour !== 'number') return { colour: `rgb(${colour.join(' ')})` };
  if (colour >= 16) return { colour: paletteColour(colour) };
  return beside === undefined || (typeof beside === 'number' && beside < 16) ? { name: `${prefix}${colour}` } : { colour: named[colour]! };
}

function Span({ text, look }: { text: string; look: Look }) {
  const [ink, ground] = [painted(look.ink, 'gm-ansi-ink-', look.ground), painted(look.ground, 'gm-ansi-ground-', look.ink)];
  const names = [...flags.filter(f => look[f]).map(f => `gm-ansi-${f}`), ink.name, ground.name].filter(Boolean);
  const style: Record<string, string> = {};
  if (ink.colour) style[look.inverse ? 'backgroundColor' : 'color'] = ink.colour;
  if (ground.colour) style[look.inverse ? 'color' : 'backgroundColor'] = ground.colour;
  return names.length === 0 && !ink.colour && !ground.colour ? <>{text}</> : <span class={names.join(' ')} style={style}>{text}</span>;
}

/** A text with a terminal's colours. It scrolls where it is long. */
export function Terminal({ text, label, tone = '' }: { text: string; label: string; tone?: string }) {
  const all = useMemo(() => pieces(text), [text]);
  return (
    <pre class={`gm-output-text ${tone}`} tabIndex={0} role="region" aria-label={label} dir="auto">
      {all.map((piece, i) => (
        <Span key={i} {...piece} />
      ))}
    </pre>
  );
}
