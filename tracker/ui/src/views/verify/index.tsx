import type { View } from '../view';
import { N_ } from '../../trans';
import { Verify } from './verify';

export const verify: View = {
  id: 'verify',
  title: N_('Verify'),
  about: N_('What is proven of the record, and what is not'),
  icon: 'M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3zM7 10l4-5-1-1-3 4-2-2-1 1z',
  listed: true,
  show: Verify,
};
