// What is in the place of a view where the server does not know this page.
import { Fault } from '../api/client';
import { placed, trans } from '../trans';
import { Onward } from './onward';

/** Whether a page's token is not, or no longer, the server's. */
export function isStranger(error: Error | undefined): boolean {
  return error instanceof Fault && error.status === 403;
}

/** Says what happened, and lets the reader go on in the place. A tab that is given the token lets this one go on, too: they have one cookie. */
export function Stranger() {
  return (
    <div class="gm-state">
      <div role="alert">
        <p class="gm-state-title">{trans.__('This page may not read the ledger')}</p>
        <p>
          {placed(
            trans.__('Each start of %1 has a token of its own, and this page has not the last one: %2 was started anew, or the address was not complete.', '%1', '%2'),
            <code>gemba ui</code>, <code>gemba ui</code>,
          )}
        </p>
      </div>
      <p>{placed(trans.__('Open the address that %1 printed last, and this page goes on where it is. Or paste it here:', '%1'), <code>gemba ui</code>)}</p>
      <Onward />
    </div>
  );
}
