import type { View } from '../view';
import { N_ } from '../../trans';
import { Compare } from './compare';

export const compare: View = {
  id: 'compare',
  title: N_('Compare'),
  about: N_('What differs between runs, sessions or cells'),
  icon: 'M2 2h5v12H2zM9 2h5v12H9z',
  listed: true,
  show: Compare,
};
