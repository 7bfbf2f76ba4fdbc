// What a view shows when it has nothing else to show.
import type { ComponentChildren } from 'preact';
import { Fault } from '../api/client';
import type { Asked } from '../host';
import { trans } from '../trans';

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="gm-state">
      <p class="gm-state-title">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, in the server's words, and what to try. */
export function Failed({ error, again }: { error: Error; again?: () => void }) {
  const hint = error instanceof Fault && error.hint;
  return (
    <div class="gm-state gm-state-failed" role="alert">
      <p class="gm-state-title">{error.message}</p>
      {hint && <p>{hint}</p>}
      {again && (
        <button class="gm-button" onClick={again}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}

/** What went wrong when something newer was asked for than what is on show. */
export function Stale({ error, again }: { error: Error; again?: () => void }) {
  return (
    <p class="gm-stale" role="alert">
      {error.message}. {trans.__('This is how it was before.')}
      {again && <> <button class="gm-link" onClick={again}>{trans.__('Try again')}</button></>}
    </p>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div class="gm-state gm-state-loading" role="status">
      <span class="gm-spinner" aria-hidden="true" /> {trans.__('Reading %1…', what)}
    </div>
  );
}

/** Shows an answer, or why there is none. An old answer stays on show, with a line that says that a newer one could not be had. */
export function Answered<T>({ asked, what, children }: { asked: Asked<T>; what: string; children: (data: T) => ComponentChildren }) {
  if (asked.data === undefined) {
    return asked.error ? <Failed error={asked.error} again={asked.again} /> : <Loading what={what} />;
  }
  return (
    <>
      {asked.error && <Stale error={asked.error} again={asked.again} />}
      {children(asked.data)}
    </>
  );
}
