// How a run's curve looks: a colour and a mark, and a dash where there are more runs than colours. Its place in the list decides.
export interface Look {
  color: number;
  mark: number;
  dash: number[];
}

const dashes = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

/** Marks as paths around 0,0, four units to each side. */
export const marks = [
  'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z', 'M-3.2 -3.2H3.2V3.2H-3.2z', 'M0 -4.2L4 3H-4z', 'M0 -4.5L4.5 0L0 4.5L-4.5 0z', 'M0 4.2L4 -3H-4z',
  'M-1.3 -4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3z', 'M-4 -2L-2 -4L0 -2L2 -4L4 -2L2 0L4 2L2 4L0 2L-2 4L-4 2L-2 0z',
];

export function lookOf(place: number): Look {
  return { color: place % 8, mark: place % marks.length, dash: dashes[Math.floor(place / 8) % dashes.length]! };
}

/** The sign of a run in lists. */
export function Sign({ place }: { place: number }) {
  const look = lookOf(place);
  return (
    <svg class={`gm-charts-sign gm-charts-c${look.color + 1}`} width="26" height="12" viewBox="0 0 26 12" aria-hidden="true" focusable="false">
      <path d="M0 6H26" stroke="currentColor" stroke-width="2" stroke-dasharray={look.dash.join(' ') || undefined} fill="none" />
      <path d={marks[look.mark]} transform="translate(13 6)" fill="currentColor" />
    </svg>
  );
}
