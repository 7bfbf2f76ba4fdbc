import type { View } from '../view';
import { N_ } from '../../trans';
import { Home } from './home';

export const home: View = {
  id: 'home',
  title: N_('Home'),
  about: N_('What happened lately, and how the ledger stands'),
  icon: 'M8 1l7 6v8h-5v-5H6v5H1V7z',
  listed: true,
  show: Home,
};
