import type { View } from '../view';
import { Timeline } from './timeline';

export const timeline: View = {
  id: 'timeline',
  title: 'Timeline',
  about: 'What was run, when, and what came out',
  icon: 'M2 3h9v2H2zM5 7h9v2H5zM3 11h7v2H3z',
  listed: true,
  show: Timeline,
};
