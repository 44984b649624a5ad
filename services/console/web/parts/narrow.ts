import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 760px)');
const subscribe = (listener: () => void): (() => void) => {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
};

/** Whether the screen is too narrow for pictures that need width. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
