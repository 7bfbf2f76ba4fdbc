import { N_, trans } from '../../trans';

/** How a run stands: the sign and the word say it, the colour too. */
const looks: Record<string, [sign: string, word: string, look: string]> = {
  running: ['◐', N_('running'), 'gm-chip-info'],
  scheduled: ['○', N_('scheduled'), ''],
  finished: ['✓', N_('finished'), 'gm-chip-good'],
  failed: ['✕', N_('failed'), 'gm-chip-bad'],
  killed: ['■', N_('killed'), 'gm-chip-warn'],
};

/** How a run stands, in a word. */
export function wordOf(status: string): string {
  const word = looks[status.toLowerCase()]?.[1];
  return word ? trans.__(word) : status;
}

export function Status({ status }: { status: string }) {
  const [sign, , look] = looks[status.toLowerCase()] ?? ['·', '', ''];
  return (
    <span class={`gm-chip ${look}`}>
      <span aria-hidden="true">{sign}</span> {wordOf(status)}
    </span>
  );
}
