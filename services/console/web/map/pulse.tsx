import { useMemo } from 'react';
import { useLive } from '../data/live.ts';
import { type Second, SECONDS_KEPT } from '../data/live-picture.ts';
import { Chart, type Line } from '../parts/chart.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/state.tsx';

const lines: readonly (Line & { of: (second: Second) => number })[] = [
  { label: 'events/s', color: '--accent', filled: true, of: ({ events }) => events },
  { label: 'failed attempts/s', color: '--bad', dash: [4, 3], of: ({ failures }) => failures },
  { label: 'held operations', color: '--held', dash: [1, 4], of: ({ held }) => held },
  { label: 'lag', color: '--warn', dash: [8, 4], of: ({ lag }) => lag },
];

/** The last three minutes: an outage is the red line, what is held back because of it the violet one. */
export function Pulse() {
  const { seconds } = useLive();
  // The second that is not over yet would always look like a fall.
  const over = useMemo(() => seconds.slice(0, -1), [seconds]);
  const data = useMemo(() => [over.map(({ at }) => at), ...lines.map(({ of }) => over.map(of))], [over]);
  const last = over.at(-1);
  const says = last
    ? `The last minutes. Now ${last.events} events a second, ${last.failures} failed attempts, ${last.held} held, lag ${last.lag}.`
    : 'Nothing was heard yet.';
  return (
    <Panel title="Pulse" aside={<span className="quiet small">the last 3 minutes</span>}>
      {over.length < 2 ? (
        <Empty title="Listening" text="Events show as they are recorded." command="npx refrain demo" />
      ) : (
        <Chart says={says} lines={lines} data={data} spanS={SECONDS_KEPT} />
      )}
    </Panel>
  );
}
