import { useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { exact } from '../../parts/format';
import { Link } from '../../parts/link';
import { Answered, Empty } from '../../parts/states';
import { grouped, labels } from './groups';

type Fact = Schemas['account.Fact'];

/** One environment as a table that can be searched. */
export function Facts({ id }: { id: string }) {
  const asked = useAnswer('/api/environments/{id}', { id });
  const [text, setText] = useState('');
  return (
    <Answered asked={asked} what="the environment">
      {environment => {
        const facts = environment.facts ?? [];
        const shown = facts.filter(f => matches(f, text));
        return (
          <>
            <div class="gm-env-tools">
              <input class="gm-input" type="search" placeholder="Find a package, a setting or a value" aria-label="Find in this environment" value={text}
                onInput={event => setText(event.currentTarget.value)} />
              <span class="gm-dim" role="status">{text ? `${shown.length} of ${facts.length}` : `${facts.length} facts`}</span>
              <span class="gm-space" />
              {environment.recorded && <span class="gm-dim">Recorded {exact(environment.recorded)}</span>}
              {environment.session && <Link to={{ view: 'timeline', params: { session: environment.session } }}>Show the session</Link>}
            </div>
            {shown.length === 0 ? <Empty title={facts.length === 0 ? 'Nothing is recorded of this environment' : 'Nothing here matches'} /> : <Groups facts={shown} />}
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
        <section key={group} aria-label={labels[group] ?? group}>
          <h2>
            {labels[group] ?? group} <span class="gm-dim">{members.length}</span>
          </h2>
          <dl>
            {members.map(f => (
              <div key={f.name}>
                <dt class="gm-mono">{f.name}</dt>
                <dd class="gm-mono">{f.value || <span class="gm-dim">empty</span>}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
