import type { View } from '../view';
import { N_ } from '../../trans';
import { Reviews } from './reviews';

export const review: View = {
  id: 'review',
  title: N_('Review'),
  about: N_('Comments, approvals and rejections'),
  icon: 'M1 2h14v9H7l-4 4v-4H1z',
  listed: true,
  show: Reviews,
};
