import type { View } from '../view';
import { N_ } from '../../trans';
import { Timeline } from './timeline';

export const timeline: View = {
  id: 'timeline',
  title: N_('Timeline'),
  about: N_('What was run, when, and what came out'),
  icon: 'M2 3h9v2H2zM5 7h9v2H5zM3 11h7v2H3z',
  listed: true,
  show: Timeline,
};
