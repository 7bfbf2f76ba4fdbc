import { Empty } from '../../../parts/states';
import type { Place } from '../../../host';
import type { Settings } from '../settings';

export function Fields(_: { settings: Settings; change(patch: Place['params']): void }) {
  return <Empty title="Charts of params and metrics" />;
}
