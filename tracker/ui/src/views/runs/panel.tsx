import { useAnswer } from '../../host';
import { Answered } from '../../parts/states';

/** A run beside the table. */
export function RunPanel({ id, close }: { id: string; close(): void; open(run: string): void }) {
  const asked = useAnswer('/api/runs/{id}', { id }, changes => Boolean(changes.all || changes.runs?.includes(id)));
  return (
    <aside class="gm-run" aria-label="Run">
      <button class="gm-button" aria-label="Close" onClick={close}>×</button>
      <Answered asked={asked} what="the run">{run => <h2>{run.name}</h2>}</Answered>
    </aside>
  );
}
