import type { View } from '../view';
import { Home } from './home';

export const home: View = {
  id: 'home',
  title: 'Home',
  about: 'What happened lately, and how the ledger stands',
  icon: 'M8 1l7 6v8h-5v-5H6v5H1V7z',
  listed: true,
  show: Home,
};
