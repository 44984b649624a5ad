import { useQuery } from '@tanstack/react-query';
import type { MatterSeen, Overview } from '@refrain/console/api';
import { useLive } from '../data/live.ts';
import { overviewQuery } from '../data/queries.ts';
import { Tile } from '../parts/panel.tsx';
import { duration, euros, number, rate } from '../parts/words.ts';

const sumOf = <T,>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

/** `captured and unsettled`, with the money in it and the age of its oldest. */
function Matter({ matter }: { matter: MatterSeen }) {
  const [first] = matter.money;
  const age = `oldest ${duration(matter.oldestMs)}`;
  const hint = matter.open === 0 ? 'none is open' : first ? `${euros(first)}, ${age}` : age;
  return (
    <Tile
      label={matter.matter}
      value={number(matter.open)}
      hint={hint}
      tone={matter.oldestMs > 60_000 && matter.open > 0 ? 'warn' : undefined}
    />
  );
}

/** What there is and what waits, in the words of the business first. */
export function Figures() {
  const { data } = useQuery(overviewQuery);
  const live = useLive();
  const services = live.services.length > 0 ? live.services : (data?.services ?? []);
  const words = live.words.length > 0 ? live.words : (data?.words ?? []);
  const held = sumOf(words, (word) => word.held);
  const dead = sumOf(services, ({ deadLetters }) => deadLetters);
  const waiting = sumOf(services, (service) => service.waiting);
  return (
    <dl className="tiles">
      <Tile
        label="events"
        value={rate(sumOf([...live.rates.values()], (one) => one))}
        unit="/s"
        hint={recorded(data)}
      />
      <Tile
        label="open operations"
        value={number(sumOf(services, ({ open }) => open))}
        hint="calls under way or parked"
      />
      <Tile
        label="held"
        value={number(held)}
        tone={held > 0 ? 'held' : undefined}
        hint="by the governor’s word"
      />
      {(data?.matters ?? []).map((matter) => (
        <Matter key={`${matter.service} ${matter.matter}`} matter={matter} />
      ))}
      <Tile
        label="given up"
        value={number(waiting)}
        tone={waiting > 0 ? 'warn' : undefined}
        hint="outcome unknown"
      />
      <Tile
        label="dead letters"
        value={number(dead)}
        tone={dead > 0 ? 'bad' : undefined}
        hint="nobody could decide"
      />
    </dl>
  );
}

function recorded(overview: Overview | undefined): string {
  if (!overview) return 'counting';
  const all = sumOf(Object.values(overview.events), (count) => count);
  return `${number(all)} ${overview.counted ? 'on record' : 'counted so far'}`;
}
