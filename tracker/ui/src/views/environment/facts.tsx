import { useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { exact } from '../../parts/format';
import { Link } from '../../parts/link';
import { Answered, Empty } from '../../parts/states';
import { trans } from '../../trans';
import { grouped, labelOf } from './groups';

type Fact = Schemas['account.Fact'];

/** One environment as a table that can be searched. */
export function Facts({ id }: { id: string }) {
  const asked = useAnswer('/api/environments/{id}', { id });
  const [text, setText] = useState('');
  return (
    <Answered asked={asked} what={trans.__('the environment')}>
      {environment => {
        const facts = environment.facts ?? [];
        const shown = facts.filter(f => matches(f, text));
        return (
          <>
            <div class="gm-env-tools">
              <input class="gm-input" type="search" placeholder={trans.__('Find a package, a setting or a value')} aria-label={trans.__('Find in this environment')} value={text}
                onInput={event => setText(event.currentTarget.value)} />
              <span class="gm-dim" role="status">{text ? trans.__('%1 of %2', shown.length, facts.length) : trans._n('%1 fact', '%1 facts', facts.length)}</span>
              <span class="gm-space" />
              {environment.recorded && <span class="gm-dim">{trans.__('Recorded %1', exact(environment.recorded))}</span>}
              {environment.session && <Link to={{ view: 'timeline', params: { session: environment.session } }}>{trans.__('Show the session')}</Link>}
            </div>
            {shown.length === 0 ? <Empty title={facts.length === 0 ? trans.__('Nothing is recorded of this environment') : trans.__('Nothing here matches')} /> : <Groups facts={shown} />}
          </>
        );
      }}
    </Answered>
  );
}

function matches(fact: Fact, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  const all = `${fact.name} ${fact.value}`.toLowerCase();
  return words.every(word => all.includes(word));
}

function Groups({ facts }: { facts: Fact[] }) {
  const groups = useMemo(() => grouped(facts), [facts]);
  return (
    <div class="gm-env">
      {groups.map(([group, members]) => (
        <section key={group} aria-label={labelOf(group)}>
          <h2>
            {labelOf(group)} <span class="gm-dim">{members.length}</span>
          </h2>
          <dl>
            {members.map(f => (
              <div key={f.name}>
                <dt class="gm-mono">{f.name}</dt>
                <dd class="gm-mono">{f.value || <span class="gm-dim">{trans.__('empty')}</span>}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
