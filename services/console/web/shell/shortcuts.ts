import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { places } from './places.ts';

const key = 'refrain-shortcuts';
const secondKeyMsMax = 1_200;

const shortcutsOn = (): boolean => localStorage.getItem(key) !== 'off';
/** Some people’s speech input types letters: single keys can be switched off. */
export function useShortcutsOn(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(shortcutsOn);
  const set = (wanted: boolean): void => {
    if (wanted) localStorage.removeItem(key);
    else localStorage.setItem(key, 'off');
    setOn(wanted);
  };
  return [on, set];
}

export const shortcutList: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['/'], does: 'search for an order or an operation' },
  ...places.map(({ key: second, name }) => ({ keys: ['g', second], does: `go to ${name}` })),
  { keys: ['t'], does: 'change between light, dark and the machine’s theme' },
  { keys: ['?'], does: 'this list' },
];

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;

interface Deeds {
  go: (to: (typeof places)[number]['to']) => void;
  search: () => void;
  theme: () => void;
  list: () => void;
}

/** Listens to single keys on the whole page, but where one writes and where a dialog asks. */
export function useShortcuts(deeds: Deeds): void {
  const goAt = useRef(-Infinity);
  const press = useEffectEvent((event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target) || !shortcutsOn()) return;
    const place =
      event.timeStamp - goAt.current < secondKeyMsMax && places.find((one) => one.key === event.key);
    goAt.current = event.key === 'g' ? event.timeStamp : -Infinity;
    const { go, search, theme, list } = deeds;
    if (place) go(place.to);
    else if (event.key === '/') search();
    else if (event.key === 't') theme();
    else if (event.key === '?') list();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
