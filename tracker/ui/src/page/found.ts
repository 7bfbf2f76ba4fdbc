// What a search finds.
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, useHost, type Place } from '../host';
import { ago, short } from '../parts/format';
import { N_, trans } from '../trans';
import { views, viewOf } from '../views';

export interface Hit {
  name: string;
  about: string;
  icon: string;
  to: Place;
}

const most = 30;

/** What things of a kind are called, and where one is shown. */
const kinds: Record<string, { what: string; at(id: string): Place }> = {
  cell: { what: N_('cell'), at: id => ({ view: 'timeline', params: { cell: id } }) },
  session: { what: N_('session'), at: id => ({ view: 'timeline', params: { session: id } }) },
  run: { what: N_('run'), at: id => ({ view: 'runs', params: { run: id } }) },
  snapshot: { what: N_('snapshot'), at: id => ({ view: 'lineage', params: { id } }) },
};

export function useFound(text: string): { hits: Hit[]; looking: boolean } {
  const notebooks = useAnswer('/api/notebooks', { limit: 1000 });
  const runs = useAnswer('/api/runs', { limit: 500, columns: ['none'] });
  const named = useNamed(text);
  const small = text.toLowerCase();
  const called = (name: string): boolean => name.toLowerCase().includes(small);
  const timeline = viewOf('timeline').icon;
  const hits: Hit[] = [
    ...named,
    ...views.filter(v => v.listed && called(trans.__(v.title))).map(v => ({ name: trans.__(v.title), about: trans.__(v.about), icon: v.icon, to: { view: v.id, params: {} } })),
    ...(notebooks.data?.items ?? []).filter(n => n.notebook !== '' && called(n.notebook)).map(n => ({ name: n.name, about: trans.__('notebook, ran %1', ago(n.started)), icon: timeline, to: { view: 'timeline', params: { notebook: n.notebook } } })),
    ...(runs.data?.items ?? []).filter(r => text !== '' && called(r.name)).map(r => ({ name: r.name, about: r.started ? trans.__('run %1, %2', short(r.id), ago(r.started)) : trans.__('run %1', short(r.id)), icon: viewOf('runs').icon, to: kinds['run']!.at(r.id) })),
  ];
  return { hits: hits.slice(0, most), looking: notebooks.loading || runs.loading };
}

/** What has an id that begins with a text. Only what can be one is asked for. */
function useNamed(text: string): Hit[] {
  const host = useHost();
  const [hits, set] = useState<Hit[]>([]);
  useEffect(() => {
    set([]);
    if (!/^[0-9a-f]{4,32}$/i.test(text)) return;
    const ending = new AbortController();
    host.client.get('/api/find', { text }, ending.signal).then(({ id, kind }) => {
      const of = kinds[kind];
      if (!of) return;
      const to = of.at(id);
      set([{ name: id, about: trans.__(of.what), icon: viewOf(to.view).icon, to }]);
    }, () => undefined); // nothing is called so, which the list says
    return () => ending.abort();
  }, [text, host]);
  return hits;
}
