let dialogs = 0;

/** While a dialog asks, lists stay as they are: what it is about must not go away beneath it. */
export function pauseLists(): () => void {
  dialogs += 1;
  return () => {
    dialogs -= 1;
  };
}

/** How often to ask again now; `false`: not until somebody asks for it. */
export const pausable = (everyMs: number) => (): number | false => (dialogs > 0 ? false : everyMs);
