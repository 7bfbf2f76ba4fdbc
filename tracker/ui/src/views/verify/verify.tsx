import './verify.css';
import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { ago, duration, exact } from '../../parts/format';
import { Answered, Empty, Failed } from '../../parts/states';
import { N_, placed, trans } from '../../trans';
import { Journals } from './journals';
import { Problems } from './problems';
import { Progress } from './progress';
import { useBackground } from './use';

type Verification = Schemas['Verification'];
type Verified = Schemas['Verified'];

export function Verify() {
  const asked = useAnswer('/api/verify');
  const { start, starting, failed } = useBackground('/api/verify', asked);
  const running = starting || asked.data?.state === 'running';
  return (
    <div class="gm-view">
      <header class="gm-head">
        <h1>{trans.__('Verify')}</h1>
        <span class="gm-dim">{trans.__('Every byte of the record against its hashes and signatures')}</span>
        <span class="gm-space" />
        <button class="gm-button gm-primary" onClick={start} disabled={running}>{running ? trans.__('Checking…') : trans.__('Check now')}</button>
      </header>
      <div class="gm-body gm-verify">
        {failed && <Failed error={failed} again={start} />}
        <Answered asked={asked} what={trans.__('the last check')}>{check => <Check check={check} />}</Answered>
      </div>
    </div>
  );
}

function Check({ check }: { check: Verification }) {
  const { state, result, error } = check;
  return (
    <>
      {state === 'running' && <Progress what={trans.__('Reading every byte')} done={check.done_bytes} total={check.total_bytes} took={check.took_ns} />}
      {state === 'failed' && error && (
        <div class="gm-verdict gm-verdict-bad" role="alert">
          <p class="gm-verdict-word">{trans.__('The check came to no end')}</p>
          <p>{error.message}{error.hint && `. ${error.hint}`}</p>
        </div>
      )}
      {result ? <Result result={result} check={check} /> : state === 'idle' && <Unchecked />}
    </>
  );
}

function Unchecked() {
  return (
    <Empty title={trans.__("Nothing is checked since this page's server started")}>
      <p>{trans.__('A check reads the whole ledger. It says what is proven by it, and what no check can prove.')}</p>
      <p>{placed(trans.__('In a terminal, %1 does the same.', '%1'), <code>gemba verify</code>)}</p>
    </Empty>
  );
}

const looks: Record<string, { class: string; sign: string; word: string }> = {
  verified: { class: 'gm-verdict-good', sign: '✓', word: N_('Verified') },
  empty: { class: 'gm-verdict-warn', sign: '–', word: N_('Empty') },
  corrupt: { class: 'gm-verdict-bad', sign: '✕', word: N_('Corrupt') },
};

function Result({ result, check }: { result: Verified; check: Verification }) {
  const look = looks[result.verdict] ?? looks['corrupt']!;
  const took = check.took_ns !== undefined && check.state === 'done' ? duration(check.took_ns) : '';
  return (
    <>
      <section class={`gm-verdict ${look.class}`} role={result.ok ? 'status' : 'alert'} aria-label={trans.__('Verdict')}>
        <span class="gm-verdict-sign" aria-hidden="true">{look.sign}</span>
        <div>
          <p class="gm-verdict-word">{trans.__(look.word)}: {result.says}</p>
          {check.finished && (
            <p title={exact(check.finished)}>{took ? trans.__('Checked %1 in %2', ago(check.finished), took) : trans.__('Checked %1', ago(check.finished))}</p>
          )}
        </div>
      </section>
      <Problems problems={result.problems ?? []} />
      <Facts result={result} />
      {result.ok && <Words title={trans.__('What this proves')} lines={result.proves ?? []} sign="✓" class="gm-words-good" />}
      <Words title={trans.__('What it does not prove')} lines={result.proves_not ?? []} sign="–" class="gm-words-not" />
      <Journals journals={result.journals ?? []} problems={result.problems ?? []} />
    </>
  );
}

function Facts({ result }: { result: Verified }) {
  return (
    <dl class="gm-facts">
      {(result.facts ?? []).map(fact => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Words({ title, lines, sign, class: look }: { title: string; lines: string[]; sign: string; class: string }) {
  const [open, set] = useState(true);
  return (
    <details class="gm-card gm-words" open={open} onToggle={event => set(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
      </summary>
      <ul>
        {lines.map(line => (
          <li key={line}>
            <span class={look} aria-hidden="true">{sign}</span>
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
