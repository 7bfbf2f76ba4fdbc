import type { View } from '../view';
import { N_ } from '../../trans';
import { Lineage } from './lineage';

export const lineage: View = {
  id: 'lineage',
  title: N_('Lineage'),
  about: N_('Where things came from and what became of them'),
  icon: 'M1 2h5v4H1zM10 2h5v4h-5zM10 10h5v4h-5zM6 3h4v2H6zM12 6h1v4h-1z',
  listed: true,
  show: Lineage,
};
