import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { bytes } from '../../parts/format';
import { trans } from '../../trans';

interface Share {
  logical: number;
  stored: number;
  unique: number;
}

interface Props<Row extends Share> {
  title: string;
  /** The titles of the first columns, marked with N_. */
  first: string[];
  all: Row[];
  /** The largest: how long the others are drawn beside it. */
  most: number;
  name(row: Row): string;
  children(row: Row): ComponentChildren[];
}

const few = 10;

/** What takes how much: the largest first, more on demand. */
export function Shares<Row extends Share>({ title, first, all, most, name, children }: Props<Row>) {
  const [limit, setLimit] = useState(few);
  if (all.length === 0) return null;
  return (
    <section class="gm-card gm-shares" aria-label={title}>
      <h2>{title}</h2>
      <table class="gm-table">
        <thead>
          <tr>
            {first.map(text => <th key={text} scope="col">{trans.__(text)}</th>)}
            <th scope="col" class="gm-num" title={trans.__('What was recorded, each content once')}>{trans.__('Recorded')}</th>
            <th scope="col" class="gm-num" title={trans.__('What that takes on the disk: compressed, and without what was stored before')}>{trans.__('Stored')}</th>
            <th scope="col" class="gm-num" title={trans.__('The part that nothing else needs: so much would be free without it')}>{trans.__('Its own')}</th>
            <th scope="col" class="gm-shares-bar"><span class="gm-visually-hidden">{trans.__('Beside the largest')}</span></th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, limit).map(row => (
            <tr key={name(row)}>
              {children(row).map((shown, i) => <td key={i}>{shown}</td>)}
              <td class="gm-num">{bytes(row.logical)}</td>
              <td class="gm-num">{bytes(row.stored)}</td>
              <td class="gm-num">{bytes(row.unique)}</td>
              <td class="gm-shares-bar"><Bar share={most > 0 ? row.stored / most : 0} own={most > 0 ? row.unique / most : 0} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > limit && (
        <button class="gm-button" onClick={() => setLimit(limit * 10)}>{trans.__('Show more of %1', all.length.toLocaleString('en'))}</button>
      )}
    </section>
  );
}

function Bar({ share, own }: { share: number; own: number }) {
  return (
    <svg class="gm-share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="gm-share-all" width={100 * share} height="6" />
      <rect class="gm-share-own" width={100 * Math.min(own, share)} height="6" />
    </svg>
  );
}
