let dialogs = 0;
let waiting: (() => void)[] = [];

/** While a dialog asks, what the page shows stays as it is: what it is about must not go away beneath it. */
export function holdLists(): () => void {
  dialogs += 1;
  return () => {
    dialogs -= 1;
    if (dialogs > 0) return;
    for (const go of waiting) go();
    waiting = [];
  };
}

/** When answers may be shown: at most one of each query waits here. */
export const whenFree = (): Promise<void> =>
  dialogs === 0 ? Promise.resolve() : new Promise((done) => void waiting.push(done));
