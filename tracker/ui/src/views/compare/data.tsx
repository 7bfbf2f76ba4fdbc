import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer, useHost, type Asked } from '../../host';
import { bytes, short } from '../../parts/format';
import { Answered } from '../../parts/states';
import { N_, trans, wordFor } from '../../trans';
import { useMore } from './pages';
import { TableDifference } from './rows';

type Change = Schemas['account.DataChange'];
type Version = NonNullable<Change['a']>;
type Page = { items: Change[] | null; next?: string; total?: number };

const kinds: Record<string, string> = { read: N_('read'), wrote: N_('wrote'), snapshot: N_('snapshot') };

/** The files and snapshots that both sides do not share. */
export function Data({ asked, a, b }: { asked: Asked<Page>; a: string; b: string }) {
  return <Answered asked={asked} what={trans.__('data')}>{first => <List first={first} a={a} b={b} />}</Answered>;
}

function List({ first, a, b }: { first: Page; a: string; b: string }) {
  const { client } = useHost();
  const { items, next, loading, more } = useMore(first, after => client.get('/api/compare/data', { a, b, limit: 100, after }));
  return (
    <div class="gm-card gm-compare-data">
      {items.map(change => <Row key={`${change.kind} ${change.path}`} change={change} />)}
      {next !== undefined && <button class="gm-button" disabled={loading} onClick={more}>{trans.__('Show more (%1 of %2)', items.length, first.total ?? '')}</button>}
    </div>
  );
}

function VersionOf({ version, look }: { version: Version | null; look: string }) {
  if (version === null) return <span class="gm-dim">{trans.__('not there')}</span>;
  return <span class={look} title={version.digest}><code>{short(version.digest)}</code> {bytes(version.size)}{version.kept ? '' : ` · ${trans.__('not kept')}`}</span>;
}

function Row({ change }: { change: Change }) {
  const [open, setOpen] = useState(false);
  const { a, b } = change;
  const snapshots = a?.snapshot && b?.snapshot;
  const inside = a && b && (snapshots || (change.tabular && a.kept && b.kept));
  return (
    <div class="gm-compare-file">
      <div class="gm-compare-file-row">
        <span class="gm-chip">{wordFor(kinds, change.kind)}</span>
        <span class="gm-cut gm-mono" dir="auto" title={change.path}>{change.path}</span>
        <VersionOf version={a} look="gm-compare-a" />
        <VersionOf version={b} look="gm-compare-b" />
        {inside ? <button class="gm-button" aria-expanded={open} onClick={() => setOpen(!open)}>{snapshots ? trans.__('Files') : trans.__('Rows')}</button> : <span />}
      </div>
      {open && a && b && (snapshots ? <Snapshots a={a.snapshot!} b={b.snapshot!} /> : <TableDifference name={change.path} a={a.digest} b={b.digest} />)}
    </div>
  );
}

/** The files that differ between two snapshots. */
function Snapshots({ a, b }: { a: string; b: string }) {
  const asked = useAnswer('/api/compare/snapshots', { a, b, limit: 1000 });
  return (
    <Answered asked={asked} what={trans.__('both snapshots')}>
      {page => (
        <div class="gm-compare-inside">
          {(page.items ?? []).map(change => <File key={change.path} change={change} />)}
          {page.next !== undefined && <p class="gm-dim">{moreFiles((page.total ?? 0) - (page.items?.length ?? 0))}</p>}
        </div>
      )}
    </Answered>
  );
}

const moreFiles = (n: number): string => trans._n('%1 more file differs: gemba snapshot diff lists all.', '%1 more files differ: gemba snapshot diff lists all.', n);

function File({ change }: { change: Schemas['account.FileChange'] }) {
  const [open, setOpen] = useState(false);
  const looks: Record<string, string> = { added: 'gm-chip-good', removed: 'gm-chip-bad' };
  return (
    <div class="gm-compare-file">
      <div class="gm-compare-file-row">
        <span class={`gm-chip ${looks[change.kind] ?? ''}`}>{change.kind}</span>
        <span class="gm-cut gm-mono" dir="auto">{change.was ? `${change.was} → ` : ''}{change.path}</span>
        <span>{change.a ? bytes(change.a_size) : ''}</span>
        <span>{change.b ? bytes(change.b_size) : ''}</span>
        {change.tabular && change.a && change.b ? <button class="gm-button" aria-expanded={open} onClick={() => setOpen(!open)}>{trans.__('Rows')}</button> : <span />}
      </div>
      {open && <TableDifference name={change.path} a={change.a!} b={change.b!} />}
    </div>
  );
}
