// A frame for what recorded outputs have of HTML, SVG and JavaScript. What is inside is hostile: it has no origin, loads nothing, and runs
// nothing unless the reader lets it.
import './frame.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useHost } from '../../host';
import { trans } from '../../trans';
import { Failed } from '../states';
import { allowed, allow } from './allowed';
import { enclosed } from './enclosed';
import { useHeight } from './height';
import { themeAround } from './theme';

const means = (): string =>
  [
    trans.__('Lets the programs in this output run, until you leave this page. They are shut in a frame: they cannot see this page, the ledger or your files, and may load nothing.'),
    trans.__('What browsers rule out for nobody: a program made for it can tell another machine what this output shows, by WebRTC or by the names of machines that it asks for.'),
  ].join(' ');

/** What is in the frame: where its bytes are, and how many. */
export interface Source {
  url: string;
  size: number;
  sha256: string;
}

interface Props {
  path: string;
  name: string;
  source: Source;
  program?: boolean;
}

/** Shows the document that the server makes of an output. `path` is its address in the API, `name` what it is called. What a reader allows
 * one document is allowed to no other that comes into its place. */
export function Frame(props: Props) {
  return <Framed key={`${props.path} ${props.source.sha256}`} {...props} />;
}

function Framed({ path, name, source, program = false }: Props) {
  const host = useHost();
  const key = `${path} ${source.sha256}`;
  const [scripts, setScripts] = useState(() => allowed(host, key));
  const [asked, setAsked] = useState(false);
  const [tall, setTall] = useState(false);
  const set = (on: boolean): void => {
    allow(host, key, on);
    setScripts(on);
    setAsked(false);
  };
  return (
    <div class="gm-frame">
      <div class="gm-frame-bar">
        <span class="gm-dim">{scripts ? trans.__('Its scripts run, shut in') : program ? trans.__('A program: it did not run') : trans.__('Shown without scripts')}</span>
        <span class="gm-space" />
        {(!program || scripts) && (
          <button class="gm-link" aria-pressed={tall} onClick={() => setTall(!tall)}>
            {tall ? trans.__('Lower') : trans.__('Taller')}
          </button>
        )}
        <button class="gm-link" title={means()} aria-expanded={scripts ? undefined : asked} onClick={() => (scripts ? set(false) : setAsked(!asked))}>
          {scripts ? trans.__('Stop its scripts') : trans.__('Let its scripts run')}
        </button>
      </div>
      {asked && !scripts && (
        <p class="gm-frame-note" role="alert">
          {means()} <button class="gm-button" onClick={() => set(true)}>{trans.__('Let them run')}</button> <button class="gm-button" onClick={() => setAsked(false)}>{trans.__('Leave it so')}</button>
        </p>
      )}
      {(!program || scripts) && <Shut key={String(scripts)} path={path} name={name} source={source} scripts={scripts} tall={tall} />}
    </div>
  );
}

/** The frame itself. On the page it has an address, and with it a policy of its own; in JupyterLab the document's text is put in. */
function Shut({ path, name, source, scripts, tall }: { path: string; name: string; source: Source; scripts: boolean; tall: boolean }) {
  const host = useHost();
  const height = useHeight(source, scripts);
  const box = useRef<HTMLDivElement>(null);
  const [inside, setInside] = useState<{ src?: string; srcdoc?: string; error?: Error }>({});
  useEffect(() => {
    const full = `${path}${path.includes('?') ? '&' : '?'}scripts=${scripts}&theme=${themeAround(box.current)}`;
    const src = host.client.transport.address?.(full);
    if (src !== undefined) return setInside({ src });
    const ending = new AbortController();
    host.client
      .bytes(full, ending.signal)
      .then(blob => blob.text())
      .then(text => setInside({ srcdoc: enclosed(text, scripts) }))
      .catch((error: Error) => ending.signal.aborted || setInside({ error }));
    return () => ending.abort();
  }, [host, path, scripts]);
  return (
    <div ref={box} class={`gm-frame-box ${tall ? 'gm-frame-tall' : ''}`} style={tall || height === undefined ? {} : { height: `${height}px` }}>
      {inside.error && <Failed error={inside.error} />}
      {(inside.src !== undefined || inside.srcdoc !== undefined) && (
        // The sandbox stands before the source, or the document would be loaded without it.
        <iframe sandbox={scripts ? 'allow-scripts' : ''} referrerpolicy="no-referrer" allow="" title={name} src={inside.src} srcdoc={inside.srcdoc} />
      )}
    </div>
  );
}
