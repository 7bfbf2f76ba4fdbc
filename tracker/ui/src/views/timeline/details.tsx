// All that is recorded of a cell execution.
import { Code } from '../../parts/code/code';
import { SourceChanges } from '../../parts/code/changes';
import { languageOf } from '../../parts/code/languages';
import { exact, short } from '../../parts/format';
import { Link } from '../../parts/link';
import { Outputs } from '../../parts/output/outputs';
import { Answered } from '../../parts/states';
import { trans } from '../../trans';
import type { Schemas } from '../../api/client';
import { useAnswer, useHost } from '../../host';
import { useState } from 'preact/hooks';
import { AgainSaid } from './again';
import { Files } from './files';
import { Facts, Gaps } from './facts';
import type { Shown } from './row';
import type { Row } from './rows';
import { Runs } from './runs';

type Cell = Schemas['account.Cell'];

export function Details(shown: Shown) {
  const { id } = shown.row;
  const cell = useAnswer('/api/cells/{id}', { id, outputs: false }, changes => changes.all === true || changes.cells?.includes(id) === true);
  return (
    <div class="gm-tl-details">
      <Answered asked={cell} what={trans.__('the execution')}>{data => <Told cell={data} {...shown} />}</Answered>
    </div>
  );
}

function Told({ cell, row, before, engine, dir }: { cell: Cell } & Shown) {
  return (
    <>
      <Actions cell={cell} before={before} />
      <Gaps cell={cell} />
      <AgainSaid row={row} />
      <Source cell={cell} before={row.edited ? before : undefined} engine={engine} />
      <section class="gm-tl-section" aria-label={trans.__('Outputs')}>
        <Outputs cell={cell.id} />
      </section>
      <Runs ids={cell.runs ?? []} />
      <Files observed={cell.observed ?? []} dir={dir} />
      <Facts cell={cell} />
    </>
  );
}

/** Where to go from here. */
function Actions({ cell, before }: { cell: Cell; before: Row | undefined }) {
  const host = useHost();
  return (
    <div class="gm-tl-actions">
      <Link to={{ view: 'lineage', params: { id: cell.id } }}>{trans.__('Lineage')}</Link>
      {before && <Link to={{ view: 'compare', params: { a: before.id, b: cell.id } }}>{trans.__('Compare with its run before')}</Link>}
      <Link to={{ view: 'review', params: { subject: cell.id } }}>{trans.__('Review')}</Link>
      <Link to={{ view: 'environment', params: { id: cell.id } }}>{trans.__('Environment')}</Link>
      {host.openNotebook && cell.notebook && (
        <button class="gm-link" onClick={() => host.openNotebook!(cell.notebook, cell.cell_id)}>{trans.__('Open in the notebook')}</button>
      )}
      <span class="gm-space" />
      <span class="gm-dim">{exact(cell.started)}</span>
      <code class="gm-dim" title={trans.__('Cell execution %1', cell.id)}>{short(cell.id)}</code>
    </div>
  );
}

/** The source; where it is other than when the cell ran before, what differs, too. */
function Source({ cell, before, engine }: { cell: Cell; before: Row | undefined; engine: string }) {
  const [compared, compare] = useState(false);
  const earlier = useAnswer(compared && before ? '/api/cells/{id}' : null, { id: before?.id ?? '', outputs: false, fields: ['source'] });
  const language = languageOf(engine);
  const source = cell.source;
  if (source === null) {
    return <p class="gm-tl-lacks" role="alert">{trans.__('The bytes of its source are not in the ledger (%1).', short(cell.source_digest ?? ''))}</p>;
  }
  return (
    <section class="gm-tl-section" aria-label={trans.__('Source')}>
      {before && (
        <p class="gm-tl-changed">
          {trans.__('Changed since this cell ran as [%1].', before.count)}{' '}
          <button class="gm-link" aria-pressed={compared} onClick={() => compare(!compared)}>{compared ? trans.__('Show the source') : trans.__('Show what changed')}</button>
        </p>
      )}
      {compared && before ? (
        <Answered asked={earlier} what={trans.__('the source before')}>
          {data => (data.source === null
            ? <p class="gm-tl-lacks">{trans.__('The bytes of the source before are not in the ledger.')}</p>
            : <SourceChanges before={data.source} after={source} language={language} label={trans.__('What changed in the source')} />)}
        </Answered>
      ) : source === '' ? <p class="gm-dim">{trans.__('An empty cell.')}</p> : <Code source={source} language={language} />}
    </section>
  );
}
