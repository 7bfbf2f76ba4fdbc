// The bytes of outputs: by their addresses on the page, through the client where there are none.
import { useEffect, useState } from 'preact/hooks';
import { useHost } from '../../host';
import { trans } from '../../trans';

/** An address that the browser can load a path of the API from; undefined until there is one. */
export function useAddress(path: string): { address?: string; error?: Error } {
  const host = useHost();
  const direct = host.client.transport.address?.(path);
  const [made, set] = useState<{ address?: string; error?: Error }>({});
  useEffect(() => {
    if (direct !== undefined) return;
    const ending = new AbortController();
    let address = '';
    host.client
      .bytes(path, ending.signal)
      .then(blob => set({ address: (address = URL.createObjectURL(blob)) }))
      .catch((error: Error) => ending.signal.aborted || set({ error }));
    return () => {
      ending.abort();
      URL.revokeObjectURL(address);
    };
  }, [host, path, direct]);
  return direct === undefined ? made : { address: direct };
}

/** Gives the browser bytes to save. */
function give(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Saves the bytes of a path of the API. */
export function Save({ path, name, children }: { path: string; name: string; children: string }) {
  const host = useHost();
  const full = `${path}${path.includes('?') ? '&' : '?'}name=${encodeURIComponent(name)}`;
  const direct = host.client.transport.address?.(full);
  return direct === undefined ? <SaveParts paths={[full]} name={name}>{children}</SaveParts> : <a class="gm-link" href={direct} download={name}>{children}</a>;
}

/** Saves the bytes of several paths as one file. */
export function SaveParts({ paths, name, children }: { paths: readonly string[]; name: string; children: string }) {
  const { client } = useHost();
  const [state, set] = useState('');
  const save = async (): Promise<void> => {
    const parts: Blob[] = [];
    try {
      for (const path of paths) {
        parts.push(await client.bytes(path));
        if (paths.length > 1) set(trans._n('%2 of %1 part', '%2 of %1 parts', paths.length, parts.length));
      }
      give(new Blob(parts), name);
      set('');
    } catch (error) {
      set((error as Error).message);
    }
  };
  return (
    <>
      <button class="gm-link" onClick={() => void save()}>{children}</button>
      <span role="status">{state && ` ${state}`}</span>
    </>
  );
}

/** An image of an output: in an image element nothing of it can run, an SVG's scripts neither. */
export function Picture({ path, label, width }: { path: string; label: string; width?: number | undefined }) {
  const { address, error } = useAddress(path);
  const [broken, setBroken] = useState(false);
  if (error || broken) return <p class="gm-output-note">{error?.message ?? trans.__('These bytes are no image that the browser can show.')}</p>;
  return address === undefined ? <p class="gm-output-note">{trans.__('Reading the image…')}</p> : <img class="gm-output-image" src={address} alt={label} {...(width ? { width } : {})} onError={() => setBroken(true)} />;
}
