import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from './api/client';
import { said } from './said';

// as JupyterLab's translator does
const __ = (text: string, ...values: (string | number)[]): string => `¿${text.replace(/%%/g, '%').replace(/%(\d+)/g, (_, n: string) => String(values[Number(n) - 1]))}`;
const words = { __, _n: (one: string) => one };

test('only what the client says itself is translated', () => {
  const cases: [Error, string, string][] = [
    [new Fault(0, 'unreachable', 'nobody answers', 'wait'), '¿nobody answers', '¿wait'],
    [new Fault(0, 'lost', 'it was lost'), '¿it was lost', ''],
    [new Fault(400, 'invalid', '%%time in data%2012.csv', 'leave %1 out'), '%%time in data%2012.csv', 'leave %1 out'],
    [new Fault(0, 'failed', 'the kernel knows no %%magic'), 'the kernel knows no %%magic', ''],
    [new Error(__('The side panel is switched off.')), '¿The side panel is switched off.', ''],
  ];
  for (const [error, message, hint] of cases) deepEqual(said(error, words), { message, hint });
});
