import type { View } from '../view';
import { Reviews } from './reviews';

export const review: View = {
  id: 'review',
  title: 'Review',
  about: 'Comments, approvals and rejections',
  icon: 'M1 2h14v9H7l-4 4v-4H1z',
  listed: true,
  show: Reviews,
};
