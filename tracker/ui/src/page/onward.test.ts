import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { onwardTo, refused } from './onward';

const here = new URL('http://127.0.0.1:8899/#/runs?filter=x');

test('an address or a token leads to the same place', () => {
  const cases: [string, string | undefined][] = [
    [' http://127.0.0.1:8899/?token=ABC \n', 'http://127.0.0.1:8899/?token=ABC#/runs?filter=x'],
    ['http://127.0.0.1:40001/?token=ABC', 'http://127.0.0.1:40001/?token=ABC#/runs?filter=x'],
    ['ABC', 'http://127.0.0.1:8899/?token=ABC#/runs?filter=x'],
    ['a&b#c', 'http://127.0.0.1:8899/?token=a%26b%23c#/runs?filter=x'],
    ['http://127.0.0.1:8899/?token=ABC#/verify', 'http://127.0.0.1:8899/?token=ABC#/verify'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['/?token=', undefined],
  ];
  for (const [text, to] of cases) equal(onwardTo(text, here)?.href, to, text);
});

test('a token that no header can carry is a wrong one', async () => {
  for (const token of ['ключ', '🐧', 'a b', 'a\nb', 'é']) {
    const to = onwardTo(`http://127.0.0.1:8899/?token=${encodeURIComponent(token)}`, here)!;
    equal(await refused(to), 'This is not the token of the server that runs at this address now.', token);
  }
});
