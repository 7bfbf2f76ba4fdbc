import 'uplot/dist/uPlot.min.css';
import './charts.css';
import { Charts } from './charts';
import type { View } from '../view';
import { N_ } from '../../trans';

export const charts: View = {
  id: 'charts',
  title: N_('Charts'),
  about: N_('Curves of metrics, and params against metrics'),
  icon: 'M1 1h2v12h12v2H1zM5 10l3-4 3 2 4-5-1-1-3 4-3-2-4 5z',
  listed: true,
  show: Charts,
};
