import { Link, useParams } from '@tanstack/react-router';
import type { Wait } from '@refrain/console/api';
import { Panel } from '../parts/panel.tsx';
import { Pill, type Tone } from '../parts/pill.tsx';
import { duration, offset, shortId } from '../parts/words.ts';

const tones: Readonly<Record<string, Tone>> = {
  backoff: 'warn',
  outage: 'bad',
  budget: 'held',
  suppressed: 'held',
  throttled: 'held',
  probing: 'held',
  'no word': 'bad',
  lag: 'warn',
  'schedule late': 'bad',
  verdict: 'held',
};

const shownMax = 60;

/** Why nothing happened for a while: the longest answer to "where is my order?". */
export function Waits({ waits, placedMs }: { waits: readonly Wait[]; placedMs: number }) {
  const { orderId } = useParams({ from: '/orders/$orderId' });
  if (waits.length === 0) return null;
  const whole = waits.reduce((sum, { ms }) => sum + ms, 0);
  const shown = waits.slice(0, shownMax);
  const aside = <span className="quiet small">{duration(whole)} in all, some of it at the same time</span>;
  return (
    <Panel title="Why it waited" aside={aside} flush>
      <ol className="waits">
        {shown.map((wait) => (
          <li key={`${wait.from} ${wait.operation ?? wait.entity} ${wait.reason}`}>
            <span className="number quiet">{offset(wait.from - placedMs)}</span>
            <Pill tone={tones[wait.reason] ?? 'quiet'}>{wait.reason}</Pill>
            <strong className="number">{duration(wait.ms)}</strong>
            <span className="wait-says">
              {wait.says}
              {wait.to === undefined ? ' (it still waits)' : ''}{' '}
              {wait.operation === undefined ? null : (
                <Link
                  to="/orders/$orderId"
                  params={{ orderId }}
                  search={{ view: 'operations', operation: wait.operation }}
                >
                  {shortId(wait.operation)}
                  {wait.attempt === undefined ? '' : `, attempt ${wait.attempt}`}
                </Link>
              )}
            </span>
          </li>
        ))}
      </ol>
      {waits.length > shownMax ? (
        <p className="panel-foot">{waits.length - shownMax} more, later ones</p>
      ) : null}
    </Panel>
  );
}
