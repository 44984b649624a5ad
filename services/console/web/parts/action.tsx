import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useSession } from '../shell/session.ts';
import { Command } from './command.tsx';
import { Dialog } from './dialog.tsx';
import { quoted } from './words.ts';

export interface ActionProps {
  /** On the button, and on the button that confirms. */
  label: string;
  /** What will happen, in a sentence or two. */
  says: ReactNode;
  /** Does it; what it returns is shown as what came of it. `why` is empty where none is asked for. */
  run: (why: string) => Promise<string>;
  /** The command that does the same; `why` comes quoted. Without `asksWhy` it is empty. */
  command: (why: string) => string;
  asksWhy?: boolean;
  /** Fields of its own. */
  children?: ReactNode;
  look?: 'primary' | 'bare';
  disabled?: boolean;
}

/** A button that never acts by itself: it says what will happen, asks why, and shows the command. */
export function Action(props: ActionProps) {
  const [open, setOpen] = useState(false);
  const { readOnly } = useSession();
  const { label, look, disabled = false } = props;
  return (
    <>
      <button
        type="button"
        className={look === undefined ? 'button' : `button ${look}`}
        disabled={disabled || readOnly}
        title={readOnly ? 'This console is read-only' : undefined}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {open ? <Confirmation {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Confirmation({
  label,
  says,
  run,
  command,
  asksWhy = false,
  children,
  onClose,
}: ActionProps & { onClose: () => void }) {
  const [why, setWhy] = useState('');
  const queries = useQueryClient();
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => run(why.trim()),
  });
  // Lists stand still while the dialog is open, and catch up when it is not.
  const close = (): void => {
    onClose();
    void queries.invalidateQueries();
  };
  const confirm = (event: FormEvent): void => {
    event.preventDefault();
    mutate();
  };
  return (
    <Dialog title={label} onClose={close}>
      <form onSubmit={confirm}>
        <div className="dialog-body">
          <div>{says}</div>
          {data === undefined ? (
            <>
              {children}
              {asksWhy ? <Why why={why} onChange={setWhy} /> : null}
              <div className="field">
                <span>The same from a terminal</span>
                <Command text={command(quoted(why.trim() === '' ? 'your reason' : why.trim()))} />
              </div>
            </>
          ) : null}
          <div role="status">{data === undefined ? null : <p className="notice tone-good">{data}</p>}</div>
          <div role="alert">{error === null ? null : <p className="notice tone-bad">{error.message}</p>}</div>
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={close}>
            {data === undefined ? 'Cancel' : 'Close'}
          </button>
          {data === undefined ? (
            <button type="submit" className="button primary" disabled={isPending}>
              {isPending ? 'Asking…' : label}
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

function Why({ why, onChange }: { why: string; onChange: (why: string) => void }) {
  return (
    <label className="field">
      <span>Why</span>
      <textarea
        className="input"
        rows={2}
        required
        maxLength={500}
        value={why}
        onChange={({ target }) => onChange(target.value)}
      />
      <small>It is recorded with what you do.</small>
    </label>
  );
}
