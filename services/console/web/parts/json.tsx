/** A payload or a state, as it is stored; what is personal was masked by the server. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it may scroll, so the keyboard must reach it
    <pre className="json" role="region" aria-label={label} tabIndex={0}>
      {value === undefined ? 'nothing' : JSON.stringify(value, undefined, 2)}
    </pre>
  );
}
