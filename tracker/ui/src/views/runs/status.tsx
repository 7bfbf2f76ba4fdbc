/** How a run stands: the sign and the word say it, the colour too. */
const looks: Record<string, [sign: string, word: string, look: string]> = {
  running: ['◐', 'running', 'gm-chip-info'],
  scheduled: ['○', 'scheduled', ''],
  finished: ['✓', 'finished', 'gm-chip-good'],
  failed: ['✕', 'failed', 'gm-chip-bad'],
  killed: ['■', 'killed', 'gm-chip-warn'],
};

export function Status({ status }: { status: string }) {
  const [sign, word, look] = looks[status.toLowerCase()] ?? ['·', status, ''];
  return (
    <span class={`gm-chip ${look}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
