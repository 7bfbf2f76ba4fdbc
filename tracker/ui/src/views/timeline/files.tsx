import { useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { bytes, short } from '../../parts/format';
import { Save } from '../../parts/output/bytes';
import { placed, trans } from '../../trans';

type File = Schemas['account.File'];

/** So many files are shown before the reader asks for all. */
const few = 12;

/** What happened to a file, in a word. */
function deed(file: File): string {
  if (file.absent) return trans.__('looked for');
  if (file.removed) return trans.__('removed');
  if (file.created) return trans.__('created');
  if (file.written) return file.read ? trans.__('read, written') : trans.__('written');
  return trans.__('read');
}

/** A path as seen from the folder that the session ran in. */
const within = (path: string, dir: string): string => (dir && path.startsWith(`${dir}/`) ? path.slice(dir.length + 1) : path);

function Digest({ hash, kept, name }: { hash: string | undefined; kept: boolean; name: string }) {
  if (!hash) return <span class="gm-dim">–</span>;
  const full = hash.startsWith('sha256:') ? hash : `sha256:${hash}`;
  return (
    <span class="gm-mono" title={kept ? full : trans.__('%1; its bytes are not kept', full)}>
      {kept ? <Save path={`/api/blobs/${full}`} name={name}>{short(full)}</Save> : short(full)}
    </span>
  );
}

/** The files that an execution read and wrote, with their digests. */
export function Files({ observed, dir }: { observed: readonly Schemas['account.Observed'][]; dir: string }) {
  const [all, showAll] = useState(false);
  const files = observed.flatMap(o => o.files ?? []).filter(file => !file.absent);
  const missing = [...new Set(observed.map(o => o.missing).filter(Boolean))];
  const [started, connected] = [trans.__('started %1', '%1'), trans.__('connected to %1', '%1')];
  const beside = observed.flatMap(o => [...(o.commands ?? []).map(c => ({ what: started, is: c })), ...(o.connected ?? []).map(c => ({ what: connected, is: c }))]);
  if (files.length + missing.length + beside.length === 0) return null;
  const shown = all ? files : files.slice(0, few);
  return (
    <section class="gm-tl-section" aria-label={trans.__('Files')}>
      <h3>{trans.__('Files in and out')}</h3>
      {files.length > 0 && (
        <div class="gm-tl-scroll" tabIndex={0} role="region" aria-label={trans.__('Files in and out')}>
          <table class="gm-table gm-tl-files">
            <thead>
              <tr>
                <th scope="col">{trans.__('What')}</th>
                <th scope="col">{trans.__('Path')}</th>
                <th scope="col" class="gm-num">{trans.__('Size')}</th>
                <th scope="col">{trans.__('Before')}</th>
                <th scope="col">{trans.__('After')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((file, i) => {
                const name = file.path.replace(/^.*[\\/]/, '');
                return (
                  <tr key={i}>
                    <td>{deed(file)}</td>
                    <td class="gm-mono" title={file.path}><bdi>{within(file.path, dir)}</bdi>{file.missing && <span class="gm-tl-lacks"> {file.missing}</span>}</td>
                    <td class="gm-num">{file.removed ? '–' : bytes(file.size)}</td>
                    <td><Digest hash={file.before_sha256} kept={file.kept && (!file.written || !file.after_sha256)} name={name} /></td>
                    <td>{file.written && <Digest hash={file.after_sha256} kept={file.kept} name={name} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < files.length && (
        <button class="gm-link" onClick={() => showAll(true)}>{trans._n('All %2 files', 'All %2 files', files.length, files.length.toLocaleString('en'))}</button>
      )}
      {beside.slice(0, all ? undefined : few).map((b, i) => <p key={i} class="gm-tl-beside">{placed(b.what, <code>{b.is}</code>)}</p>)}
      {missing.map(m => <p key={m} class="gm-tl-lacks">{trans.__('Not recorded: %1', m!)}</p>)}
    </section>
  );
}
