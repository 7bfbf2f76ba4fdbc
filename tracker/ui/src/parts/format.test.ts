import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ago, baseName, bytes, duration, exact, number, short } from './format';

test('numbers have six digits at most, and a true minus', () => {
  const cases: [number, string][] = [
    [0, '0'], [-0.5, '−0.5'], [1 / 3, '0.333333'], [1234567.8, '1,234,570'], [0.00001234, '1.234e−5'], [-2.5e12, '−2.500e12'],
    [NaN, 'NaN'], [Infinity, '∞'], [-Infinity, '−∞'], [0.0001, '0.0001'], [999999999, '1,000,000,000'],
  ];
  for (const [value, text] of cases) equal(number(value), text);
});

test('bytes have decimal units', () => {
  for (const [value, text] of [[0, '0 bytes'], [999, '999 bytes'], [1000, '1 kB'], [65536, '65.5 kB'], [1e9, '1 GB'], [3.2e15, '3,200 TB']] as const) equal(bytes(value), text);
});

test('durations never say 60 seconds or 60 minutes', () => {
  const cases: [number, string][] = [
    [0, '0 µs'], [1500, '2 µs'], [1e6, '1 ms'], [999.4e6, '999 ms'], [999.6e6, '1.00 s'], [1.5e9, '1.50 s'], [59.94e9, '59.9 s'], [59.97e9, '1 min 0 s'],
    [119.6e9, '2 min 0 s'], [3599.7e9, '1 h 0 min'], [3661e9, '1 h 1 min'], [90000e9, '25 h 0 min'],
  ];
  for (const [ns, text] of cases) equal(duration(ns), text, `${ns} ns`);
});

test('moments are told by how long ago they were', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const cases: [string, string][] = [
    ['2026-03-10T11:59:30Z', 'just now'], ['2026-03-10T11:58:00Z', '2 min ago'], ['2026-03-10T09:00:00Z', '3 h ago'], ['2026-03-08T12:00:00Z', '2 d ago'],
    ['2026-02-01T00:00:00Z', '2026-02-01'], ['no moment', ''], ['2026-03-10T12:05:00Z', 'just now'],
    ['2026-03-10T11:00:10Z', '1 h ago'], ['2026-03-09T12:10:00Z', '1 d ago'],
  ];
  for (const [moment, text] of cases) equal(ago(moment, now), text, moment);
  equal(exact('no moment'), 'no moment');
  equal(exact('2026-03-10T12:00:00.123Z').length, 19);
});

test('ids and paths are cut to what tells them apart', () => {
  equal(short('sha256:0123456789abcdef'), '01234567');
  equal(short('0123'), '0123');
  for (const [path, name] of [['a/b.csv', 'b.csv'], ['C:\\data\\b.csv', 'b.csv'], ['b.csv', 'b.csv'], ['folder/', ''], ['', '']] as const) equal(baseName(path), name);
});
