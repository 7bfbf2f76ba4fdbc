/** For who has nothing recorded yet: what to do. */
export function First() {
  return (
    <section class="gm-home-first" aria-label="First steps">
      <h2>Nothing is recorded in this ledger yet</h2>
      <p class="gm-dim">Whatever runs with gemba comes here by itself, with its code, its outputs, and the files that it read and wrote.</p>
      <ol>
        <li><strong>A notebook.</strong> <code>gemba install</code> brings the kernel to Jupyter; its cells are recorded as they run. Without Jupyter, <code>gemba run notebook.ipynb</code>.</li>
        <li><strong>A program.</strong> <code>gemba exec -- ./train --lr 0.1</code> records it as it is; package <code>track</code> logs params and metrics from Go.</li>
        <li><strong>What you have already.</strong> <code>gemba import</code> reads MLflow's runs, and <code>gemba serve</code> takes them from unchanged MLflow clients.</li>
      </ol>
    </section>
  );
}
