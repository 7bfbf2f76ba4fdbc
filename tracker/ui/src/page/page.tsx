import { useEffect, useMemo, useState } from 'preact/hooks';
import { Client } from '../api/client';
import { HTTP } from '../api/http';
import { Changes } from '../changes';
import { HostContext, useAnswer, type Host } from '../host';
import { trans } from '../trans';
import { viewOf } from '../views';
import { Banner } from './banner';
import { hashOf, placeOf } from './hash';
import { ledgerName, Navigation } from './navigation';
import { Search } from './search';
import { isStranger, Stranger } from './stranger';

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
  const { host, changes } = useMemo(makeHost, []);
  return (
    <HostContext.Provider value={host}>
      <Shell changes={changes} />
    </HostContext.Provider>
  );
}

/** The navigation, what is the matter with the ledger, and the view of the address. */
function Shell({ changes }: { changes: Changes }) {
  const place = usePlace();
  const [connected, setConnected] = useState(true);
  const [searching, setSearching] = useState(false);
  useEffect(() => changes.watch(setConnected), [changes]);
  useEffect(() => changes.listen(() => undefined), [changes]); // the page always knows whether the server is there
  const ledger = useAnswer('/api/ledger', {}, heard => heard.all === true || heard.kinds.some(kind => kind.startsWith('session.')));
  useEffect(() => {
    if (connected) return;
    const turn = setInterval(ledger.again, 2000); // a server that was started anew has another token: asking tells
    return () => clearInterval(turn);
  }, [connected, ledger.again]);
  useShortcut(() => setSearching(true));
  const view = viewOf(place.view);
  const name = ledger.data && ledgerName(ledger.data.dir);
  useEffect(() => void (document.title = `${trans.__(view.title)} · ${name ?? 'gemba'}`), [view, name]);
  const Show = view.show;
  return (
    <>
      <Navigation here={view.id} dir={ledger.data?.dir} connected={connected} search={() => setSearching(true)} />
      <main class="gm-page-main" id="main" tabIndex={-1}>
        {isStranger(ledger.error) ? <Stranger /> : (
          <>
            <Banner ledger={ledger.data} error={ledger.error} connected={connected} />
            <div class="gm-page-view">
              <Show key={view.id} params={place.params} />
            </div>
          </>
        )}
      </main>
      {searching && <Search close={() => setSearching(false)} />}
    </>
  );
}

/** Ctrl-K, or the command key and K. */
function useShortcut(act: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
