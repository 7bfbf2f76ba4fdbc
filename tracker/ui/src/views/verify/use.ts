// Work that the server does in the background: asked for again while it runs.
import { useEffect, useState } from 'preact/hooks';
import { useHost, type Asked } from '../../host';

/** Starts the work of a path, and asks how far it is while it runs. `failed` is why it could not be started. */
export function useBackground<T extends { state: string }>(path: string, asked: Asked<T>): { start(): void; starting: boolean; failed: Error | undefined } {
  const host = useHost();
  const [starting, setStarting] = useState(false);
  const [failed, setFailed] = useState<Error>();
  const running = asked.data?.state === 'running';
  const { again, loading } = asked;
  useEffect(() => {
    if (!running || loading) return;
    const turn = setTimeout(again, 400);
    return () => clearTimeout(turn);
  }, [running, loading, again]);
  const start = (): void => {
    setStarting(true);
    setFailed(undefined);
    host.client
      .send('POST', path)
      .catch((error: Error) => setFailed(error))
      .finally(() => {
        setStarting(false);
        again();
      });
  };
  return { start, starting, failed };
}
