import { placed, trans } from '../../trans';

/** For who has nothing recorded yet: what to do. */
export function First() {
  return (
    <section class="gm-home-first" aria-label={trans.__('First steps')}>
      <h2>{trans.__('Nothing is recorded in this ledger yet')}</h2>
      <p class="gm-dim">{trans.__('Whatever runs with gemba comes here by itself, with its code, its outputs, and the files that it read and wrote.')}</p>
      <ol>
        <li>
          <strong>{trans.__('A notebook.')}</strong>{' '}
          {placed(
            trans.__('%1 brings the kernel to Jupyter; its cells are recorded as they run. Without Jupyter, %2.', '%1', '%2'),
            <code>gemba install</code>, <code>gemba run notebook.ipynb</code>,
          )}
        </li>
        <li>
          <strong>{trans.__('A program.')}</strong>{' '}
          {placed(
            trans.__('%1 records it as it is; package %2 logs params and metrics from Go.', '%1', '%2'),
            <code>gemba exec -- ./train --lr 0.1</code>, <code>track</code>,
          )}
        </li>
        <li>
          <strong>{trans.__('What you have already.')}</strong>{' '}
          {placed(trans.__("%1 reads MLflow's runs, and %2 takes them from unchanged MLflow clients.", '%1', '%2'), <code>gemba import</code>, <code>gemba serve</code>)}
        </li>
      </ol>
    </section>
  );
}
