import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot from 'uplot';

export interface Line {
  readonly label: string;
  /** A token of the style, `--accent`. */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly filled?: boolean;
}

interface ChartProps {
  /** What it shows, for who does not see it: with the latest values. */
  says: string;
  lines: readonly Line[];
  /** Seconds since 1970, then the values of each line. */
  data: readonly (readonly number[])[];
  /** How many seconds its width stands for. */
  spanS: number;
  height?: number;
}

/** A canvas takes no variables of the style: what a token is in the present theme. */
function colorsOf(host: HTMLElement): (token: string) => string {
  return (token) => {
    host.style.setProperty('color', `var(${token})`);
    const { color } = getComputedStyle(host);
    host.style.removeProperty('color');
    return color;
  };
}

function optionsFor(
  host: HTMLElement,
  lines: readonly Line[],
  size: { height: number; spanS: number },
): UPlot.Options {
  const color = colorsOf(host);
  const { height, spanS } = size;
  const axis: UPlot.Axis = {
    stroke: color('--text-3'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: Math.max(host.clientWidth, 120),
    height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    axes: [
      {
        ...axis,
        size: 30,
        values: (_, at) => at.map((s) => new Date(s * 1000).toTimeString().slice(0, 8)),
        space: 90,
      },
      {
        ...axis,
        size: 42,
        values: (_, values) => values.map((value) => (Number.isInteger(value) ? String(value) : '')),
      },
    ],
    scales: {
      x: { range: (_, __, max) => [max - spanS, max] },
      y: { range: (_, __, max) => [0, Math.max(5, max * 1.1)] },
    },
    series: [
      {},
      ...lines.map(
        (line): UPlot.Series => ({
          label: line.label,
          stroke: color(line.color),
          width: 1.6,
          points: { show: false },
          ...(line.dash ? { dash: [...line.dash] } : {}),
          ...(line.filled === true ? { fill: color('--accent-soft') } : {}),
        }),
      ),
    ],
  };
}

/** Drawn anew when the theme or the lines change, else only told the new values. */
export function Chart({ says, lines, data, spanS, height = 150 }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useEffectEvent(() => aligned(data));
  useEffect(() => {
    const { current } = host;
    if (!current) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(current, lines, { height, spanS }), latest(), current);
    };
    draw();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: Math.max(current.clientWidth, 120), height }),
    );
    resized.observe(current);
    const switched = new MutationObserver(draw);
    switched.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      switched.disconnect();
      system.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lines, height, spanS]);
  useEffect(() => plot.current?.setData(aligned(data)), [data]);
  return (
    <figure className="chart">
      <div ref={host} role="img" aria-label={says} />
      <figcaption className="chart-key">
        {lines.map(({ label, color, dash }) => (
          <span key={label}>
            <svg viewBox="0 0 18 6" aria-hidden="true">
              <path
                d="M1 3h16"
                stroke={`var(${color})`}
                strokeWidth="2.4"
                strokeLinecap="round"
                strokeDasharray={dash?.join(' ')}
              />
            </svg>
            {label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const aligned = (data: ChartProps['data']): UPlot.AlignedData =>
  data.map((values) => [...values]) as UPlot.AlignedData;
