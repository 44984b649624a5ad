import { type ReactNode, useEffect, useId, useRef } from 'react';
import { holdLists } from '../data/hold.ts';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser’s own dialog: it keeps the focus inside, closes by Escape, and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    dialog?.showModal();
    const letGo = holdLists();
    return () => {
      letGo();
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  // An effect that runs twice, as in development, closes it and opens it again: that is no close.
  const closed = (): void => {
    if (ref.current?.open !== true) onClose();
  };
  return (
    <dialog ref={ref} className="dialog" aria-labelledby={id} onClose={closed}>
      <h2 id={id} className="dialog-title">
        {title}
      </h2>
      {children}
    </dialog>
  );
}
