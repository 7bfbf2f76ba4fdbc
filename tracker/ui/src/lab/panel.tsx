// The side panel: what the ledger says of the notebook in front, and the way to the views.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { LedgerChange, Schemas } from '../api/client';
import { useAnswer } from '../host';
import { Icon } from '../parts/icon';
import { Link } from '../parts/link';
import { Answered } from '../parts/states';
import { ago, exact } from '../parts/format';
import { views } from '../views';
import { trans } from '../trans';
import { Cells } from './panel-cells';
import { Check, RunNow } from './panel-facts';
import type { NotebookNow } from './now';

type Session = Schemas['SessionRow'];

export interface PanelModel {
  notebook?: NotebookNow;
  /** Opens Jupyter's dialog to choose another kernel. */
  chooseKernel(): void;
  /** The places of the notebook's cells, from 0, by their ids. */
  places(): Map<string, number>;
  /** Another notebook has another one. */
  id: string;
}

export function Panel(model: PanelModel) {
  const { notebook } = model;
  return (
    <div class="gm-lab-panel">
      {notebook ? <Notebook {...model} notebook={notebook} /> : <p class="gm-lab-none">{trans.__('Open a notebook to see what is recorded of it.')}</p>}
      <Part title={trans.__('Views')}>
        <ul class="gm-lab-views">
          {views
            .filter(v => v.listed)
            .map(v => (
              <li key={v.id} title={trans.__(v.about)}>
                <Link to={{ view: v.id, params: notebook && v.id === 'timeline' ? { notebook: notebook.path } : {} }} class="gm-lab-view">
                  <Icon path={v.icon} />
                  {trans.__(v.title)}
                </Link>
              </li>
            ))}
        </ul>
      </Part>
      <Part title={trans.__('Ledger')}>
        <Check />
      </Part>
    </div>
  );
}

/** A part of the panel, with its heading. */
export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="gm-lab-part" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Notebook(model: PanelModel & { notebook: NotebookNow }) {
  const { notebook } = model;
  const { path } = notebook;
  const sessions = useAnswer('/api/sessions', { notebook: path, limit: 2 }, sessionsChanged);
  return (
    <>
      <header class="gm-lab-head">
        <h1 class="gm-cut" title={path}>{notebook.name}</h1>
        <Recorded {...model} />
      </header>
      <Answered asked={sessions} what={trans.__('sessions')}>
        {({ items }) => {
          const [now, before] = items ?? [];
          if (!now) return <p class="gm-lab-none">{trans.__('Nothing is recorded of this notebook yet.')}</p>;
          return (
            <>
              <Sessions now={now} before={before} />
              <Part title={trans.__('Run last')}>
                <Cells path={path} places={model.places} />
              </Part>
              <RunNow session={now.id} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function sessionsChanged(changed: LedgerChange): boolean {
  return Boolean(changed.all || changed.sessions?.length || changed.kinds.includes('cell.finished'));
}

function Recorded({ notebook, chooseKernel }: PanelModel & { notebook: NotebookNow }) {
  if (notebook.waiting) return <p class="gm-lab-kernel gm-dim">{trans.__('No kernel is connected.')}</p>;
  if (notebook.recorded) return <p class="gm-lab-kernel"><span class="gm-chip gm-chip-good">● {trans.__('Recorded')}</span> {notebook.kernel}</p>;
  return (
    <>
      <p class="gm-lab-kernel"><span class="gm-chip gm-chip-warn">○ {trans.__('Not recorded')}</span> {notebook.kernel || trans.__('no kernel')}</p>
      <p class="gm-dim">
        {advice(notebook)}{' '}
        {(notebook.recorder || notebook.kernelName === '') && <button class="gm-link" onClick={chooseKernel}>{trans.__('Choose it')}</button>}
      </p>
    </>
  );
}

/** How what is run gets recorded. */
function advice({ recorder, kernelName }: NotebookNow): string {
  if (recorder) return trans.__('%1 records what it runs.', recorder);
  if (kernelName === '') return trans.__('Kernels with gemba in their names record what they run.');
  return trans.__('gemba records its own kernels. In a terminal, gemba install --wrap %1 makes one of this kernel.', kernelName);
}

function Sessions({ now, before }: { now: Session; before: Session | undefined }) {
  useTick();
  return (
    <p class="gm-lab-session" title={trans.__('since %1', exact(now.started))}>
      {trans._n('Newest session: %1 cell run', 'Newest session: %1 cells run', now.cells)}, {trans.__('began %1', ago(now.started))}.{' '}
      {before && <Link to={{ view: 'compare', params: { a: before.id, b: now.id } }}>{trans.__('Compare with the one before')}</Link>}
    </p>
  );
}

/** Draws again every half minute, since what is told as "2 min ago" grows old. */
export function useTick(): void {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set(n => n + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}

