// All views, in the order of the navigation. Each lies in a folder of its own.
import type { View } from './view';
import { home } from './home';
import { timeline } from './timeline';
import { runs } from './runs';
import { compare } from './compare';
import { charts } from './charts';
import { lineage } from './lineage';
import { review } from './review';
import { verify } from './verify';
import { disk } from './disk';
import { environment } from './environment';

export const views: View[] = [home, timeline, runs, compare, charts, lineage, review, verify, disk, environment];

/** The view of an id; the first one where there is none such. */
export function viewOf(id: string): View {
  return views.find(v => v.id === id) ?? home;
}
