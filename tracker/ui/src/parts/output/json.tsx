import { useMemo, useState } from 'preact/hooks';
import { trans } from '../../trans';

/** So many members are shown before the reader asks for more. */
const step = 100;

/** JSON as a tree that opens by and by. */
export function JSONTree({ text }: { text: string }) {
  const value = useMemo((): { is: unknown } | null => {
    try {
      return { is: JSON.parse(text) as unknown };
    } catch {
      return null;
    }
  }, [text]);
  return value === null ? <pre class="gm-output-text" tabIndex={0}>{text}</pre> : <div class="gm-json"><Value value={value.is} open /></div>;
}

function Value({ name, value, open = false }: { name?: string; value: unknown; open?: boolean }) {
  if (value === null || typeof value !== 'object') {
    return (
      <div class="gm-json-leaf">
        <Name name={name} />
        <span class={`gm-json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  return <Members name={name} value={value} open={open} />;
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span class="gm-json-name"><bdi>{name}</bdi>: </span>;
}

function Members({ name, value, open }: { name: string | undefined; value: object; open: boolean }) {
  const [isOpen, setOpen] = useState(open);
  const [shown, setShown] = useState(step);
  const list = Array.isArray(value);
  const names = Object.keys(value);
  const more = names.length - shown;
  return (
    <details open={isOpen} onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>
        <Name name={name} />
        <span class="gm-dim">{list ? `[${names.length}]` : `{${names.length}}`}</span>
      </summary>
      {isOpen && names.slice(0, shown).map(key => <Value key={key} name={key} value={(value as Record<string, unknown>)[key]} />)}
      {isOpen && more > 0 && <button class="gm-link" onClick={() => setShown(shown + 10 * step)}>{trans.__('%1 more', more.toLocaleString('en'))}</button>}
    </details>
  );
}
