import type { View } from '../view';
import { N_ } from '../../trans';
import { Disk } from './disk';

export const disk: View = {
  id: 'disk',
  title: N_('Disk'),
  about: N_('What takes how much of the disk'),
  icon: 'M2 3h12v3H2zM2 7h12v3H2zM2 11h12v3H2z',
  listed: true,
  show: Disk,
};
