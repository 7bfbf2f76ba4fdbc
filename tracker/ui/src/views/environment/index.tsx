import type { View } from '../view';
import { N_ } from '../../trans';
import { Environment } from './environment';

export const environment: View = {
  id: 'environment',
  title: N_('Environment'),
  about: N_('The packages and settings that cells ran with'),
  icon: 'M8 1l7 3.5v7L8 15l-7-3.5v-7z',
  listed: true,
  show: Environment,
};
