// The way on to the server that runs now, which may have another token, or another address.
import { useId, useState } from 'preact/hooks';
import { N_, trans } from '../trans';

const example = 'http://127.0.0.1:…/?token=…';

/** The address that a text means, with the place of this page; of a token alone it is this server's. Undefined where it means none. */
export function onwardTo(text: string, here: URL): URL | undefined {
  const said = text.trim();
  if (!/[:/?]/.test(said)) return new URL(`/?${new URLSearchParams({ token: said }).toString()}${here.hash}`, here);
  if (!URL.canParse(said)) return undefined;
  const to = new URL(said);
  if (!/^https?:$/.test(to.protocol)) return undefined;
  to.hash ||= here.hash;
  return to;
}

/** Takes the address that gemba ui printed last, and goes on there in the place where this page is. */
export function Onward() {
  const id = useId();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    const to = onwardTo(text, new URL(location.href));
    if (to === undefined) return setWrong(trans.__('This is no address of a page.'));
    const why = to.host === location.host ? await refused(to) : '';
    setWrong(why);
    if (why === '') location.assign(to);
  };
  return (
    <>
      <form class="gm-onward" onSubmit={event => void enter(event)}>
        <input class="gm-input" type="text" aria-label={trans.__('Address or token')} placeholder={example} autoComplete="off" spellcheck={false} value={text}
          aria-describedby={id} onInput={event => setText(event.currentTarget.value)} />
        <button class="gm-button gm-primary" disabled={text.trim() === ''}>{trans.__('Go on')}</button>
      </form>
      <p id={id} class="gm-onward-wrong" role="status">{wrong}</p>
    </>
  );
}

const stranger = N_('This is not the token of the server that runs at this address now.');

/** Why this page's server would not take the token of an address; empty where it does. */
export async function refused(to: URL): Promise<string> {
  const token = to.searchParams.get('token') ?? '';
  if (!/^[\x21-\x7e]*$/.test(token)) return trans.__(stranger); // a header cannot carry it
  const said = await fetch('/api/ledger', { headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
  if (said === undefined) return trans.__('gemba does not answer at this address.');
  return said.status === 403 ? trans.__(stranger) : '';
}
