import './disk.css';
import { useEffect } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useAnswer } from '../../host';
import { ago, exact } from '../../parts/format';
import { Answered, Failed, Loading } from '../../parts/states';
import { trans } from '../../trans';
import { Progress } from '../verify/progress';
import { useBackground } from '../verify/use';
import { Cells, Kinds, Sessions } from './tables';
import { Total } from './total';

export function Disk() {
  const asked = useAnswer('/api/disk');
  const { start, starting, failed } = useBackground('/api/disk', asked);
  const idle = asked.data?.state === 'idle';
  useEffect(() => {
    if (idle && !starting && !failed) start(); // measuring reads no contents: it may begin by itself
  }, [idle]);
  const running = starting || asked.data?.state === 'running';
  return (
    <div class="gm-view">
      <header class="gm-head">
        <h1>{trans.__('Disk')}</h1>
        {asked.data?.finished && <span class="gm-dim" title={exact(asked.data.finished)}>{trans.__('Measured %1', ago(asked.data.finished))}</span>}
        <span class="gm-space" />
        <button class="gm-button" onClick={start} disabled={running}>{running ? trans.__('Measuring…') : trans.__('Measure again')}</button>
      </header>
      <div class="gm-body gm-disk">
        {failed && <Failed error={failed} again={start} />}
        <Answered asked={asked} what={trans.__('what takes how much')}>{measured => <Measured measured={measured} />}</Answered>
      </div>
    </div>
  );
}

function Measured({ measured }: { measured: Schemas['Disk'] }) {
  const { state, result, error } = measured;
  return (
    <>
      {state === 'failed' && error && <p class="gm-stale" role="alert">{error.message}{error.hint && `. ${error.hint}`}</p>}
      {state === 'running' && (result ? <Progress what={trans.__('Measuring')} took={measured.took_ns} /> : <Loading what={trans.__('what takes how much')} />)}
      {result && (
        <>
          {(result.problems ?? []).map(text => <p key={text} class="gm-stale" role="alert">{text}</p>)}
          <Total usage={result} />
          <Kinds usage={result} />
          <Sessions usage={result} />
          <Cells usage={result} />
        </>
      )}
    </>
  );
}
