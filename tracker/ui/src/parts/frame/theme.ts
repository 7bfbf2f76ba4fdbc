/** Whether what is around an element is light or dark. */
export function themeAround(element: Element | null): 'light' | 'dark' {
  if (element === null) return 'light';
  const { colorScheme, color } = getComputedStyle(element);
  if (colorScheme === 'light' || colorScheme === 'dark') return colorScheme;
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number); // light text stands on dark ground
  return 0.3 * r + 0.6 * g + 0.1 * b > 140 ? 'dark' : 'light';
}
