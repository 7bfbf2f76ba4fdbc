/** An icon of 16 by 16, in the text's colour. It says nothing to screen readers: what it stands beside does. */
export function Icon({ path }: { path: string }) {
  return (
    <svg class="gm-icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={path} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
