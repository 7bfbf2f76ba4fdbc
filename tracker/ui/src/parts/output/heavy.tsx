import { trans } from '../../trans';
import { bytes } from '../format';
import { Save } from './bytes';
import { kindOf, type Kind } from './media';
import type { OutputData } from './use';

/** From so many bytes on a browser takes seconds to show something, and the page may stand still meanwhile: that waits until the reader wants it. */
const heavy: Partial<Record<Kind, number>> = { image: 16e6, svg: 4e6, document: 4e6, program: 4e6 };

export function isHeavy(data: OutputData): boolean {
  return data.size > (heavy[kindOf(data.type)] ?? Infinity);
}

/** In the place of what is heavy: what it is, and how to have it. What no frame takes has no document, and can be saved only. */
export function Heavy({ data, title, name, show }: { data: OutputData; title: string; name: string; show(): void }) {
  const kind = kindOf(data.type);
  const framed = kind === 'document' || kind === 'program';
  const shown = !framed || data.document !== undefined;
  const size = bytes(data.size);
  return (
    <p class="gm-output-note gm-output-heavy">
      {shown ? trans.__('%1 of %2: showing it may take a while.', title, size) : trans.__('%1 of %2: it is too large to be shown here.', title, size)}{' '}
      {shown && <button class="gm-button" onClick={show}>{trans.__('Show it')}</button>} <Save path={data.url} name={name}>{trans.__('Save it')}</Save>
    </p>
  );
}
