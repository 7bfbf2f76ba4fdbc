// Recorded source, to be read.
import './code.css';
import { useMemo, useState } from 'preact/hooks';
import { trans } from '../../trans';
import { Copy } from './copy';
import type { Language } from './languages';
import { lines, type Token } from './tokens';

/** Longer sources are shown to this line until the reader asks for all of it. */
const shownLines = 60;

export function Tokens({ line }: { line: Token[] }) {
  return (
    <>
      {line.map(({ text, kind }, i) =>
        kind === '' ? text : <span key={i} class={kind} title={kind === 'gm-tok-hidden' ? trans.__('a character that is not seen') : undefined}>{text}</span>,
      )}
    </>
  );
}

/** A source with its line numbers and syntax colours. */
export function Code({ source, language, label = trans.__('Source') }: { source: string; language: Language; label?: string }) {
  const all = useMemo(() => lines(source, language), [source, language]);
  const [whole, setWhole] = useState(false);
  const shown = whole || all.length <= shownLines + 5 ? all : all.slice(0, shownLines);
  return (
    <div class="gm-code">
      <pre tabIndex={0} role="region" aria-label={label} dir="ltr">
        <code>
          {shown.map((line, i) => (
            <span key={i} class="gm-code-line">
              {line.length === 0 ? '\n' : <Tokens line={line} />}
            </span>
          ))}
        </code>
      </pre>
      <Copy text={source} label={trans.__('Copy the source')} />
      {shown.length < all.length && (
        <button class="gm-link gm-code-more" onClick={() => setWhole(true)}>
          {trans._n('Show all %2 lines', 'Show all %2 lines', all.length, all.length.toLocaleString('en'))}
        </button>
      )}
    </div>
  );
}
