import { useState } from 'react';
import { Icon } from './icon.tsx';

const shownMs = 1_500;

/** The command that does or shows the same, ready to be taken into a terminal. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    // A page that is not served from this machine or by TLS has no clipboard: the text can still be selected.
    await navigator.clipboard?.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), shownMs);
  };
  return (
    <span className="command">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it may scroll, so the keyboard must reach it */}
      <code tabIndex={0}>{text}</code>
      <button type="button" onClick={() => void copy()} aria-label={copied ? 'Copied' : `Copy: ${text}`}>
        <Icon name={copied ? 'done' : 'copy'} />
      </button>
    </span>
  );
}
