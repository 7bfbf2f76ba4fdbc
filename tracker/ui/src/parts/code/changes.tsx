import './code.css';
import { useMemo } from 'preact/hooks';
import { trans } from '../../trans';
import { Tokens } from './code';
import { around, compareLines } from './compare';
import type { Language } from './languages';
import { lines } from './tokens';

/** What differs between two sources, with a few lines around. */
export function SourceChanges({ before, after, language, label }: { before: string; after: string; language: Language; label: string }) {
  const [a, b, shown] = useMemo(() => {
    const [linesA, linesB] = [lines(before, language), lines(after, language)];
    const text = (line: { text: string }[]): string => line.map(t => t.text).join('');
    return [linesA, linesB, around(compareLines(linesA.map(text), linesB.map(text)))];
  }, [before, after, language]);
  const kinds = { '+': 'added', '-': 'removed', ' ': '' };
  return (
    <div class="gm-code gm-code-changes">
      <pre tabIndex={0} role="region" aria-label={label} dir="ltr">
        <code>
          {shown.map((line, i) =>
            typeof line === 'number' ? (
              <span key={i} class="gm-code-skipped">{trans._n('%2 equal line', '%2 equal lines', line, line.toLocaleString('en'))}</span>
            ) : (
              <span key={i} class={`gm-code-changed ${kinds[line.sign] && `gm-code-${kinds[line.sign]}`}`}>
                <span class="gm-code-sign">{`${String((line.b ?? line.a!) + 1).padStart(4)} ${line.sign} `}</span>
                {line.sign !== ' ' && <span class="gm-visually-hidden">{line.sign === '+' ? trans.__('added:') : trans.__('removed:')} </span>}
                <Tokens line={line.b === undefined ? a[line.a!]! : b[line.b]!} />
              </span>
            ),
          )}
        </code>
      </pre>
    </div>
  );
}
