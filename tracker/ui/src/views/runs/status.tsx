import { N_, trans } from '../../trans';

/** How a run stands: the sign and the word say it, the colour too. */
const looks: Record<string, [sign: string, word: string, look: string]> = {
  running: ['◐', N_('running'), 'gm-chip-info'],
  scheduled: ['○', N_('scheduled'), ''],
  finished: ['✓', N_('finished'), 'gm-chip-good'],
  failed: ['✕', N_('failed'), 'gm-chip-bad'],
  killed: ['■', N_('killed'), 'gm-chip-warn'],
};

export function Status({ status }: { status: string }) {
  const [sign, word, look] = looks[status.toLowerCase()] ?? ['·', '', ''];
  return (
    <span class={`gm-chip ${look}`}>
      <span aria-hidden="true">{sign}</span> {word ? trans.__(word) : status}
    </span>
  );
}
