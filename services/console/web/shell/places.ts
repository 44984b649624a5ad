import type { IconName } from '../parts/icon.tsx';

export interface Place {
  readonly to: '/' | '/orders' | '/retries' | '/dead-letters' | '/replay' | '/faults';
  readonly name: string;
  readonly icon: IconName;
  /** Pressed after `g`. */
  readonly key: string;
}

/** The pages, in the order of the navigation. */
export const places: readonly Place[] = [
  { to: '/', name: 'Map', icon: 'map', key: 'm' },
  { to: '/orders', name: 'Orders', icon: 'orders', key: 'o' },
  { to: '/retries', name: 'Retries', icon: 'retries', key: 'r' },
  { to: '/dead-letters', name: 'Dead letters', icon: 'letters', key: 'd' },
  { to: '/replay', name: 'Replay', icon: 'replay', key: 'p' },
  { to: '/faults', name: 'Faults', icon: 'faults', key: 'f' },
];
