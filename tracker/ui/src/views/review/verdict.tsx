const looks: Record<string, { look: string; sign: string; word: string }> = {
  approved: { look: 'gm-chip-good', sign: '✓', word: 'approved' },
  rejected: { look: 'gm-chip-bad', sign: '✕', word: 'rejected' },
  commented: { look: '', sign: '…', word: 'commented' },
};

/** A verdict, by sign, word and colour. */
export function Verdict({ verdict }: { verdict: string }) {
  const look = looks[verdict] ?? { look: 'gm-chip-warn', sign: '?', word: verdict };
  return (
    <span class={`gm-chip ${look.look}`}>
      <span aria-hidden="true">{look.sign}</span>
      {look.word}
    </span>
  );
}
