// Colours of canvases: the style sheet's tokens, read when something is drawn, and news of another theme.

export interface Palette {
  ground: string;
  text: string;
  dim: string;
  line: string;
  accent: string;
  bad: string;
  series: string[];
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--gm-${name}`).trim() || '#888888';
  return {
    ground: token('ground'), text: token('text'), dim: token('text-3'), line: token('line'), accent: token('accent'), bad: token('bad'),
    series: Array.from({ length: 8 }, (_, i) => token(String(i + 1))),
  };
}

/** Calls back when the page or JupyterLab changes its theme. Returns how to stop. */
export function onTheme(heard: () => void): () => void {
  const later = (): void => void requestAnimationFrame(heard);
  const observer = new MutationObserver(later);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name'] });
  return () => observer.disconnect();
}

/** Red, green and blue of a colour as style sheets write it. */
export function rgb(color: string): [number, number, number] {
  const context = document.createElement('canvas').getContext('2d')!;
  context.fillStyle = color;
  const hex = context.fillStyle;
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

/** Colours from low to high: blue, magenta, orange, which people who see few colours tell apart too. */
export function ramp(p: Palette, steps: number): string[] {
  const stops = [p.series[0]!, p.series[3]!, p.series[1]!].map(rgb);
  return Array.from({ length: steps }, (_, i) => {
    const at = (i / Math.max(1, steps - 1)) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at));
    const mixed = stops[k]!.map((low, c) => Math.round(low + (stops[k + 1]![c]! - low) * (at - k)));
    return `rgb(${mixed.join(',')})`;
  });
}
