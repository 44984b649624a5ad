/** Drawn here, on a grid of 16, so that the page loads no font of icons. */
const paths = {
  map: 'M3 3.5h3.5V7H3zM9.5 9H13v3.5H9.5zM6.5 5.2h3A1.8 1.8 0 0 1 11.3 7v2M9.5 3.5H13V5M3 10h3.5v3H3z',
  orders: 'M3 2.5h10v11l-2-1.3-1.5 1.3L8 12.2l-1.5 1.3L5 12.2l-2 1.3zM5.5 5.5h5M5.5 8.2h5',
  retries: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3M8 5.5V8l1.8 1.2',
  letters: 'M2.5 4h11v8.5h-11zM2.5 4.5 8 9l5.5-4.5',
  replay: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3M7 6v4l3.2-2z',
  faults: 'M8.8 1.8 3.5 9H8l-.8 5.2L12.5 7H8z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.2 3.2',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  done: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  light:
    'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  dark: 'M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6',
  keyboard: 'M1.8 4.5h12.4v7H1.8zM4 6.8h.1M6.6 6.8h.1M9.3 6.8h.1M12 6.8h.1M5 9.2h6',
  empty: 'M2.5 9.5 4.5 3.5h7l2 6v3h-11zM2.5 9.5H6l.8 1.5h2.4l.8-1.5h3.5',
  broken: 'M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  out: 'M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5',
  good: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3',
} as const;

export type IconName = keyof typeof paths;

/** Never the only thing that says something: a text stands beside it, or a label on what holds it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
