// What can be reviewed: what waits, and what something was said of already.
import type { Schemas } from '../../api/client';

export type Review = Schemas['Review'];

/** A thing that can be reviewed, and how it stands. */
export type Subject = Schemas['ReviewSubject'];

/** How many of a list are shown at first, and each time that more are asked for. */
const steps = [30, 100, 300, 1000];

/** How many of a list to show instead of so many; undefined when there is no more room. */
export function moreThan(shown: number): number | undefined {
  return steps.find(step => step > shown);
}

export const atFirst = steps[0]!;
