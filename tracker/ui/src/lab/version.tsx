// The recorded source of a cell beside the present one.
import { useEffect, useRef } from 'preact/hooks';
import { MergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useAnswer } from '../host';
import { reading } from '../parts/merge-look';
import { Answered } from '../parts/states';
import { duration, exact } from '../parts/format';
import { trans } from '../trans';

export interface VersionModel {
  /** The id of the cell execution. */
  execution: string;
  /** The cell's source now. */
  source(): string;
  /** Puts a source into the cell; undefined when the cell is gone. */
  copy?(source: string): void;
}

export function Version({ execution, source, copy }: VersionModel) {
  const cell = useAnswer('/api/cells/{id}', { id: execution });
  return (
    <div class="gm-view gm-lab-version">
      <Answered asked={cell} what={trans.__('the recorded source')}>
        {c => (
          <>
            <header class="gm-head">
              <h1>{trans.__('In [%1], as it was run', c.count)}</h1>
              <span class="gm-dim">{exact(c.started)}, {duration(c.wall_ns)}</span>
              <span class="gm-space" />
              {copy && c.source !== null && c.source !== source() && (
                <button class="gm-button" onClick={() => copy(c.source ?? '')}>{trans.__('Copy the recorded source into the cell')}</button>
              )}
            </header>
            {c.source === null ? (
              <p class="gm-lab-none">{trans.__('The source is not in this ledger: it was removed, or is in a copy that was not fetched.')}</p>
            ) : (
              <Beside recorded={c.source} present={source()} />
            )}
          </>
        )}
      </Answered>
    </div>
  );
}

function Beside({ recorded, present }: { recorded: string; present: string }) {
  const node = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!node.current) return;
    const named = (label: string) => EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });
    const view = new MergeView({
      a: { doc: recorded, extensions: [...reading(), named(trans.__('as it was run'))] },
      b: { doc: present, extensions: [...reading(), named(trans.__('as it is now'))] },
      parent: node.current,
      ...(recorded === present ? {} : { collapseUnchanged: { margin: 4, minSize: 8 } }),
    });
    return () => view.destroy();
  }, [recorded, present]);
  return (
    <div class="gm-body">
      <div class="gm-lab-sides gm-dim">
        <span>{trans.__('as it was run')}</span>
        <span>{recorded === present ? trans.__('as it is now: the same') : trans.__('as it is now')}</span>
      </div>
      <div ref={node} class="gm-lab-merge" />
    </div>
  );
}
