import { N_, trans } from '../../trans';

const looks: Record<string, { look: string; sign: string; word: string }> = {
  approved: { look: 'gm-chip-good', sign: '✓', word: N_('approved') },
  rejected: { look: 'gm-chip-bad', sign: '✕', word: N_('rejected') },
  commented: { look: '', sign: '…', word: N_('commented') },
};

/** A verdict, by sign, word and colour. */
export function Verdict({ verdict }: { verdict: string }) {
  const known = looks[verdict];
  return (
    <span class={`gm-chip ${known?.look ?? 'gm-chip-warn'}`}>
      <span aria-hidden="true">{known?.sign ?? '?'}</span>
      {known ? trans.__(known.word) : verdict}
    </span>
  );
}
