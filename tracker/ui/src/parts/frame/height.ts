// How tall a frame should be. Without scripts nothing inside can say so, and nothing outside can look: it is guessed from the text.
import { useEffect, useState } from 'preact/hooks';
import { useHost } from '../../host';

/** Longer documents, in bytes, get the usual height. */
const guessed = 20_000;

/** Lines that elements take, in pixels. */
const lines: [RegExp, number][] = [
  [/<(tr|p|li|br|h[1-6]|dt|dd|summary)\b/gi, 23],
  [/<(img|svg|canvas|video|iframe|script)\b/gi, 300],
  [/\n(?=[^\n]*<\/pre>)/gi, 18],
];

/** Of words: how many fit into a line, about, and how high it is, in pixels. */
const line = { words: 110, height: 18 };

const wordsHeight = (characters: number): number => Math.ceil(characters / line.words) * line.height;
const between = (px: number, most: number): number => Math.min(most, Math.max(64, 30 + px));

/** A guess before the text is there, or when it cannot be had: as if all were words, and no more than frames usually have (frame.css). A short
 *  document must not push away what is below it and then shrink. */
export function heightAtFirst(size: number): number | undefined {
  return size > guessed ? undefined : between(wordsHeight(size), 260);
}

/** A guess of the height of a document, in pixels, between a line and the usual height of figures. */
export function heightOf(html: string, scripts: boolean): number {
  const text = html.replace(scripts ? /<style\b[^]*?<\/style>/gi : /<(style|script)\b[^]*?<\/\1>/gi, '');
  const told = /<svg\b[^<>]*\bheight="(\d{2,4})/i.exec(text)?.[1];
  const elements = lines.reduce((sum, [pattern, px]) => sum + px * (text.match(pattern)?.length ?? 0), 0);
  const words = wordsHeight(text.replace(/<[^<>]*>/g, '').length);
  return between(told === undefined ? Math.max(elements, words) : Number(told), 440);
}

/** The guess, a better one as soon as the text is there; undefined where there is none. */
export function useHeight(source: { url: string; size: number }, scripts: boolean): number | undefined {
  const host = useHost();
  const [height, set] = useState(() => heightAtFirst(source.size));
  useEffect(() => {
    if (source.size > guessed) return;
    const ending = new AbortController();
    host.client
      .bytes(source.url, ending.signal)
      .then(blob => blob.text())
      .then(text => set(heightOf(text, scripts)))
      .catch(() => undefined); // the frame itself says what is wrong
    return () => ending.abort();
  }, [host, source.url, source.size, scripts]);
  return height;
}
