import type { View } from '../view';
import { N_ } from '../../trans';
import { Runs } from './runs';

export const runs: View = {
  id: 'runs',
  title: N_('Runs'),
  about: N_('All runs with their params and metrics'),
  icon: 'M1 2h14v3H1zM1 7h4v2H1zM7 7h8v2H7zM1 11h4v2H1zM7 11h8v2H7z',
  listed: true,
  show: Runs,
};
