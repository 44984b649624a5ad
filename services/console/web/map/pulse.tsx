import { useMemo } from 'react';
import { useLive } from '../data/live.ts';
import { Chart, type Line } from '../parts/chart.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/state.tsx';

const lines: readonly Line[] = [
  { label: 'events/s', color: '--accent', filled: true },
  { label: 'failed attempts/s', color: '--bad', dash: [4, 3] },
  { label: 'held operations', color: '--held', dash: [1, 4] },
  { label: 'lag', color: '--warn', dash: [8, 4] },
];

/** The last three minutes: an outage is the red line, what is held back because of it the violet one. */
export function Pulse() {
  const { seconds } = useLive();
  const data = useMemo(
    () => [
      seconds.map(({ at }) => at),
      seconds.map(({ events }) => events),
      seconds.map(({ failures }) => failures),
      seconds.map(({ held }) => held),
      seconds.map(({ lag }) => lag),
    ],
    [seconds],
  );
  // The second that is not over yet would always look like a fall.
  const last = seconds.at(-2);
  const says = last
    ? `The last minutes. Now ${last.events} events a second, ${last.failures} failed attempts, ${last.held} held, lag ${last.lag}.`
    : 'Nothing was heard yet.';
  return (
    <Panel title="Pulse" aside={<span className="quiet small">the last 3 minutes</span>}>
      {seconds.length < 2 ? (
        <Empty title="Listening" text="Events show as they are recorded." command="npx refrain demo" />
      ) : (
        <Chart says={says} lines={lines} data={data} />
      )}
    </Panel>
  );
}
