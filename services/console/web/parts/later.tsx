import { type ReactNode, useDeferredValue } from 'react';

/**
 * What is costly to draw comes once the rest of the page is on the screen, and gives way to what the person
 * does meanwhile: drawn with the page, it would hold up the click that opened it.
 */
export function Later({ meanwhile, children }: { meanwhile: ReactNode; children: ReactNode }) {
  return useDeferredValue(true, false) ? children : meanwhile;
}
