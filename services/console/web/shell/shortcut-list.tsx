import { Dialog } from '../parts/dialog.tsx';
import { shortcutList, useShortcutsOn } from './shortcuts.ts';

export function ShortcutList({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useShortcutsOn();
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="dialog-body">
        <dl className="shortcuts">
          {shortcutList.map(({ keys, does }) => (
            <div key={does} className="shortcut">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <label className="row">
          <input type="checkbox" checked={on} onChange={({ target }) => setOn(target.checked)} />
          Listen to single keys
        </label>
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
