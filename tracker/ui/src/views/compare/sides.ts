// What is compared: what the address says.
import type { Place } from '../../host';
import { many, one } from '../view';

/** The most runs that the server compares. */
export const most = 500;

export type Asked = { kind: 'nothing' } | { kind: 'pair'; a: string; b: string } | { kind: 'runs'; runs: string[] };

/** Two runs are a pair: more can be told of them than of many. */
export function askedOf(params: Place['params']): Asked {
  const runs = [...new Set(many(params, 'run').filter(Boolean))];
  const [a, b] = runs.length ? runs : [one(params, 'a'), one(params, 'b')];
  if (runs.length > 2) return { kind: 'runs', runs };
  return a && b ? { kind: 'pair', a, b } : { kind: 'nothing' };
}
