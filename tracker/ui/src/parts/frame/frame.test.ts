import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { enclosed } from './enclosed';
import { heightAtFirst, heightOf } from './height';

test('what is enclosed is a text of the document around it', () => {
  const html = enclosed(`"><script>alert(1)</script>&quot;`, false);
  ok(!html.includes('"><script>'), html);
  ok(html.includes('&quot;><script>alert(1)</script>&amp;quot;'), html);
  ok(html.includes('sandbox=""') && !html.includes('script-src'), html);
  ok(enclosed('', true).includes('sandbox="allow-scripts"'));
});

test('heights are guessed between a line and a figure', () => {
  equal(heightOf('<b>hi</b>', false), 64);
  equal(heightAtFirst('<b>hi</b>'.length), 64);
  equal(heightAtFirst(20_000), 260);
  equal(heightAtFirst(20_001), undefined);
  equal(heightOf('<tr>'.repeat(1000), false), 440);
  equal(heightOf('<svg width="10" height="200">', false), 230);
  ok(heightOf('<table>' + '<tr><td>1</td></tr>'.repeat(5) + '</table>', false) > 100);
  equal(heightOf(`<script>${'x'.repeat(10_000)}</script>hi`, false), 64);
});
