import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useHost } from '../../host';
import { bytes } from '../format';
import { Save } from './bytes';
import type { OutputData } from './use';

/** Longer texts, in bytes, are saved and not shown. */
const showable = 4_000_000;

/** A text of which the beginning is at hand, how much more there is, and the way to all of it. */
export function Whole({ data, name, children }: { data: OutputData; name: string; children: (text: string) => ComponentChildren }) {
  const host = useHost();
  const [whole, setWhole] = useState<string>();
  const [failed, setFailed] = useState('');
  const read = async (): Promise<void> => {
    try {
      setWhole(await (await host.client.bytes(data.url)).text());
    } catch (error) {
      setFailed((error as Error).message);
    }
  };
  const text = whole ?? data.text ?? '';
  return (
    <>
      {children(text)}
      {data.truncated && whole === undefined && (
        <p class="gm-output-note">
          The first {bytes(text.length)} of {bytes(data.size)}.{' '}
          {data.size <= showable && <button class="gm-link" onClick={() => void read()}>Show all</button>} <Save path={data.url} name={name}>Save all</Save>
          {failed && <span role="alert"> {failed}</span>}
        </p>
      )}
    </>
  );
}
