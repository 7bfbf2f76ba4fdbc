import './home.css';
import type { LedgerChange } from '../../api/client';
import { useAnswer } from '../../host';
import { Answered } from '../../parts/states';
import { trans } from '../../trans';
import { First } from './first';
import { Notebooks, Runs } from './recent';
import { State } from './state';

const ran = (changes: LedgerChange): boolean => changes.all === true || changes.kinds.some(kind => /^(session|run|cell\.finished|review)/.test(kind));

/** The first view: how the ledger stands, and what happened lately. */
export function Home() {
  const ledger = useAnswer('/api/ledger', {}, ran);
  const notebooks = useAnswer('/api/notebooks', { limit: 8 }, ran);
  const runs = useAnswer('/api/runs', { limit: 8 }, ran);
  return (
    <div class="gm-view">
      <header class="gm-head">
        <h1>{trans.__('Home')}</h1>
        {ledger.data && <span class="gm-dim gm-cut" title={ledger.data.dir}>{ledger.data.dir}</span>}
      </header>
      <div class="gm-body gm-home">
        <Answered asked={ledger} what={trans.__('the ledger')}>
          {data =>
            data.sessions === 0 && data.runs === 0 ? <First /> : (
              <>
                <State ledger={data} />
                <div class="gm-home-recent">
                  <Answered asked={notebooks} what={trans.__('notebooks')}>{page => <Notebooks notebooks={page.items ?? []} more={page.next !== undefined} />}</Answered>
                  <Answered asked={runs} what={trans.__('runs')}>{page => <Runs runs={page.items ?? []} more={page.next !== undefined} />}</Answered>
                </div>
              </>
            )
          }
        </Answered>
      </div>
    </div>
  );
}
