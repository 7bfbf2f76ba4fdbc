import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useHost } from '../../host';
import { trans } from '../../trans';
import { bytes } from '../format';
import { Save, SaveParts } from './bytes';
import type { OutputData } from './use';

/** Longer texts, in characters, are saved and not shown, where nothing else is said. */
const usual = 4_000_000;

/** A text of which the beginning is at hand, perhaps in parts, how much more there is, and the way to all of it. */
export function Whole({ parts, name, showable = usual, children }: { parts: readonly OutputData[]; name: string; showable?: number; children: (text: string) => ComponentChildren }) {
  const host = useHost();
  const [read, setRead] = useState<ReadonlyMap<string, string>>(new Map());
  const [failed, setFailed] = useState('');
  const { text, next } = beginning(parts, read);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const more = async (part: OutputData): Promise<void> => {
    try {
      const whole = await (await host.client.bytes(part.url)).text();
      setRead(old => new Map(old).set(part.url, whole));
    } catch (error) {
      setFailed((error as Error).message);
    }
  };
  return (
    <>
      {children(text)}
      {next && (
        <p class="gm-output-note">
          {trans.__('The first %1 of %2.', bytes(text.length), bytes(size))}{' '}
          {text.length + next.size <= showable && <button class="gm-link" onClick={() => void more(next)}>{parts.at(-1) === next ? trans.__('Show all') : trans.__('Show more')}</button>}{' '}
          {parts.length === 1 ? <Save path={next.url} name={name}>{trans.__('Save all')}</Save> : <SaveParts paths={parts.map(part => part.url)} name={name}>{trans.__('Save all')}</SaveParts>}
          {failed && <span role="alert"> {failed}</span>}
        </p>
      )}
    </>
  );
}

/** The text as far as it is at hand, and the part whose rest comes next. */
function beginning(parts: readonly OutputData[], read: ReadonlyMap<string, string>): { text: string; next?: OutputData } {
  const texts: string[] = [];
  for (const part of parts) {
    const whole = read.get(part.url) ?? (part.truncated ? undefined : part.text);
    if (whole === undefined) return { text: texts.join('') + (part.text ?? ''), next: part };
    texts.push(whole);
  }
  return { text: texts.join('') };
}
