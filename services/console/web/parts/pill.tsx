import type { ReactNode } from 'react';

export type Tone = 'good' | 'active' | 'warn' | 'bad' | 'held' | 'quiet';

/** Each tone has a shape of its own, for who does not see the colour. */
const shapes: Record<Tone, string> = {
  good: 'M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8',
  active: 'M1 5 9 5M5 1 9 5 5 9',
  warn: 'M5 1 9.5 9h-9z',
  bad: 'M1.5 1.5 8.5 8.5M8.5 1.5 1.5 8.5',
  held: 'M2.5 1.5v7M7.5 1.5v7',
  quiet: 'M1.5 5h7',
};
const filled: ReadonlySet<Tone> = new Set(['good', 'warn']);

export function Pill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`pill tone-${tone}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
        <path
          d={shapes[tone]}
          fill={filled.has(tone) ? 'currentColor' : 'none'}
          stroke={filled.has(tone) ? 'none' : 'currentColor'}
          strokeWidth="2"
          strokeLinecap="round"
        />
      </svg>
      {children}
    </span>
  );
}
