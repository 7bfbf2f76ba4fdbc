import type { Schemas } from '../../api/client';
import { exact, short } from '../../parts/format';
import { trans } from '../../trans';

type Session = Schemas['SessionRow'];

interface Props {
  sessions: Session[];
  id: string;
  beside: string | undefined;
  go(to: { id: string | undefined; with: string | undefined }): void;
}

/** Chooses one environment or two, among those of sessions. */
export function Choose({ sessions, id, beside, go }: Props) {
  return (
    <>
      <label class="gm-env-choose">
        <span class="gm-dim">{trans.__('of')}</span>
        <select class="gm-select" aria-label={trans.__('Environment of')} value={knownID(sessions, id)} onChange={event => go({ id: event.currentTarget.value, with: beside })}>
          <Options sessions={sessions} also={id} />
        </select>
      </label>
      <label class="gm-env-choose">
        <span class="gm-dim">{trans.__('compared with')}</span>
        <select class="gm-select" aria-label={trans.__('Compared with')} value={beside === undefined ? '' : knownID(sessions, beside)}
          onChange={event => go({ id, with: event.currentTarget.value || undefined })}>
          <option value="">{trans.__('nothing')}</option>
          <Options sessions={sessions} also={beside} />
        </select>
      </label>
    </>
  );
}

/** The session's whole id for leading digits of it; what is no session of the list stays as it is. */
function knownID(sessions: Session[], id: string): string {
  return sessions.find(s => s.id.startsWith(id))?.id ?? id;
}

function Options({ sessions, also }: { sessions: Session[]; also: string | undefined }) {
  return (
    <>
      {also !== undefined && !sessions.some(s => s.id.startsWith(also)) && <option value={also}>{short(also)}</option>}
      {sessions.map(s => <option key={s.id} value={s.id}>{nameOf(s)}</option>)}
    </>
  );
}

function nameOf(s: Session): string {
  const what = s.name && s.name !== '–' ? s.name : s.engine || s.command;
  return `${what} · ${exact(s.started)} · ${short(s.id)}`;
}
