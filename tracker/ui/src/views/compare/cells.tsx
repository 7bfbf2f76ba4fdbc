import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer, useHost, type Asked } from '../../host';
import { languageOf, type Language } from '../../parts/code/languages';
import { Code } from '../../parts/code/code';
import { Link } from '../../parts/link';
import { Merge } from '../../parts/merge';
import { Outputs } from '../../parts/output/outputs';
import { Answered } from '../../parts/states';
import { trans } from '../../trans';
import { useMore } from './pages';

type CellPair = Schemas['CellPair'];
type Page = { items: CellPair[] | null; next?: string; total?: number };

/** The cells that differ: their sources, how they ended, and what they showed. */
export function Cells({ asked, a, b }: { asked: Asked<Page>; a: string; b: string }) {
  return <Answered asked={asked} what={trans.__('cells')}>{first => <List first={first} a={a} b={b} />}</Answered>;
}

function List({ first, a, b }: { first: Page; a: string; b: string }) {
  const { client } = useHost();
  const { items, next, loading, error, more } = useMore(first, after => client.get('/api/compare/cells', { a, b, limit: 20, after }));
  const session = (items[0]?.b ?? items[0]?.a)?.session;
  const engine = useAnswer(session ? '/api/sessions/{id}' : null, { id: session ?? '', fields: ['engine'] });
  const language = languageOf(engine.data?.engine ?? '');
  return (
    <>
      {items.map(pair => <Cell key={pair.cell} pair={pair} language={language} />)}
      {error && <p class="gm-stale" role="alert">{error.message}</p>}
      {next !== undefined && <button class="gm-button" disabled={loading} onClick={more}>{trans.__('Show more cells (%1 of %2)', items.length, first.total ?? '')}</button>}
    </>
  );
}

/** Whether an element came near the window: what is in it is drawn from then on. */
function useNear() {
  const place = useRef<HTMLElement>(null);
  const [near, set] = useState(false);
  useEffect(() => {
    if (near || !place.current) return;
    const watch = new IntersectionObserver(seen => seen.some(s => s.isIntersecting) && set(true), { rootMargin: '600px' });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [near]);
  return [place, near] as const;
}

function Cell({ pair, language }: { pair: CellPair; language: Language }) {
  const [place, near] = useNear();
  const { a, b } = pair;
  const name = b?.name || a?.name || pair.cell;
  return (
    <article class="gm-card gm-compare-cell" ref={place} aria-label={name}>
      <header>
        <strong class="gm-cut gm-mono" dir="auto">{name}</strong>
        <span class="gm-dim gm-cut">{pair.cell}</span>
        <span class="gm-space" />
        {!a && <span class="gm-chip gm-chip-good">{trans.__('only in B')}</span>}
        {!b && <span class="gm-chip gm-chip-bad">{trans.__('only in A')}</span>}
        {a && b && pair.source_differs && <span class="gm-chip">{trans.__('source differs')}</span>}
        {a && b && pair.outputs_differ && <span class="gm-chip">{trans.__('outputs differ')}</span>}
        {a && b && pair.status_differs && <span class="gm-chip gm-chip-warn">{a.status} → {b.status}</span>}
        {a && <Link to={{ view: 'timeline', params: { cell: a.id } }}>A</Link>}
        {b && <Link to={{ view: 'timeline', params: { cell: b.id } }}>B</Link>}
      </header>
      {near ? <Content pair={pair} name={name} language={language} /> : <div class="gm-compare-later" />}
    </article>
  );
}

function Content({ pair, name, language }: { pair: CellPair; name: string; language: Language }) {
  const { a, b } = pair;
  return (
    <>
      {a && b && pair.source_differs && (a.source !== null && b.source !== null
        ? <Merge before={a.source} after={b.source} language={language} label={name} />
        : <p class="gm-dim">{trans.__('The source of %1 is not in the ledger.', a.source === null ? 'A' : 'B')}</p>)}
      {!(a && b) && (a ?? b)?.source && <Code source={(a ?? b)!.source!} language={language} />}
      {pair.outputs_differ && (
        <div class="gm-compare-outputs">
          {([['A', a], ['B', b]] as const).map(([side, of]) => (
            <section key={side} aria-label={trans.__('Outputs of %1', side)}>
              <h3 class="gm-dim">{side}</h3>
              {of ? <Outputs cell={of.id} /> : <p class="gm-dim">{trans.__('There is no such cell.')}</p>}
            </section>
          ))}
        </div>
      )}
    </>
  );
}
