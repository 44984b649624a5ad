import { type ReactNode, useState } from 'react';
import { Command } from './command.tsx';
import { Icon } from './icon.tsx';

interface StateProps {
  title: string;
  text?: ReactNode;
  command?: string;
  children?: ReactNode;
}

/** Nothing is there: why, and what would bring something. */
export function Empty({ title, text, command, children }: StateProps) {
  return (
    <div className="state">
      <Icon name="empty" />
      <h3>{title}</h3>
      {text === undefined ? null : <p>{text}</p>}
      {command === undefined ? null : <Command text={command} />}
      {children}
    </div>
  );
}

/** It could not be shown: what was said, and where else one can look. */
export function Failed({
  title,
  error,
  command,
  retry,
}: {
  title: string;
  error: unknown;
  command?: string;
  retry?: () => void;
}) {
  return (
    <div className="state is-bad" role="alert">
      <Icon name="broken" />
      <h3>{title}</h3>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {retry === undefined ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
      {command === undefined ? null : (
        <>
          <p className="small">The same from a terminal:</p>
          <Command text={command} />
        </>
      )}
    </div>
  );
}

/** That a list is not whole, since somebody was not heard; nothing where all were. */
export function Missing({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return <p className="notice tone-warn">Not all is shown: {names.join(', ')} did not answer.</p>;
}

export function Loading({ what, lines = 5 }: { what: string; lines?: number }) {
  return (
    <div className="skeleton" role="status">
      <div className="unseen">Loading {what}</div>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} aria-hidden="true" />
      ))}
    </div>
  );
}

interface AwaitedProps {
  /** The question, as `useQuery` holds it. */
  asked: { error: unknown; refetch: () => unknown };
  what: string;
  lines?: number;
  /** The title, should no answer come. */
  failed: string;
  /** How to ask for the same in a terminal. */
  command: string;
}

/**
 * An answer that is not there: that it comes, or why it does not. While it is asked for again there is no
 * error for a moment; what was said stays until there is another answer.
 */
export function Awaited({ asked: { error, refetch }, what, lines, failed, command }: AwaitedProps) {
  const [last, setLast] = useState(error);
  if (error && error !== last) setLast(error);
  const said = error ?? last;
  if (!said) return <Loading what={what} {...(lines !== undefined && { lines })} />;
  return <Failed title={failed} error={said} command={command} retry={() => void refetch()} />;
}
