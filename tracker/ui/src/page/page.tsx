import { useEffect, useMemo, useState } from 'preact/hooks';
import { Client } from '../api/client';
import { HTTP } from '../api/http';
import { Changes } from '../changes';
import { HostContext, type Host } from '../host';
import { viewOf } from '../views';
import { hashOf, placeOf } from './hash';
import { Navigation } from './navigation';

/** The place of the page's address. */
function usePlace() {
  const [place, set] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = (): void => set(placeOf(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}

function makeHost(): { host: Host; changes: Changes } {
  const transport = new HTTP();
  const changes = new Changes(transport);
  const host: Host = {
    client: new Client(transport),
    go: place => (location.hash = hashOf(place)),
    restate: params => history.replaceState(null, '', hashOf({ view: placeOf(location.hash).view, params })),
    href: hashOf,
    changes: heard => changes.listen(heard),
  };
  return { host, changes };
}

export function Page() {
  const place = usePlace();
  const { host, changes } = useMemo(makeHost, []);
  const [connected, setConnected] = useState(true);
  useEffect(() => changes.watch(setConnected), [changes]);
  useEffect(() => changes.listen(() => undefined), [changes]); // the page always knows whether the server is there
  const view = viewOf(place.view);
  useEffect(() => void (document.title = `${view.title} · gemba`), [view]);
  const Show = view.show;
  return (
    <HostContext.Provider value={host}>
      <Navigation here={view.id} />
      <main class="gm-page-main" id="main" tabIndex={-1}>
        {!connected && (
          <p class="gm-stale" role="status">
            gemba does not answer: what is shown is how it was before. The page connects again by itself.
          </p>
        )}
        <Show key={view.id} params={place.params} />
      </main>
    </HostContext.Provider>
  );
}
