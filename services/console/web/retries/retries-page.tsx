import './retries.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { retriesQuery, verdictsQuery } from '../data/queries.ts';
import { Pager, usePages } from '../parts/pager.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { Awaited, Empty, Missing } from '../parts/state.tsx';
import { Governor } from './governor.tsx';
import { Queue } from './queue.tsx';

const filters = [
  { value: '', says: 'all' },
  { value: 'open', says: 'open' },
  { value: 'parked', says: 'parked' },
  { value: 'waiting', says: 'waiting' },
  { value: 'defect', says: 'defect' },
  { value: 'verdict', says: 'need a verdict' },
] as const;

export function RetriesPage() {
  return (
    <>
      <PageHead
        title="Retries"
        text="What the governor says of each dependency and why, and every operation without an outcome: what is due when."
      />
      <Governor />
      <Operations />
    </>
  );
}

function Operations() {
  const { state } = useSearch({ from: '/retries' });
  const navigate = useNavigate();
  const pages = usePages(state ?? '');
  const chosen = filters.find(({ value }) => value === state)?.value ?? '';
  const listed = { after: pages.after };
  const all = useQuery({
    ...retriesQuery({ ...listed, state: chosen === '' ? undefined : chosen }),
    enabled: chosen !== 'verdict',
  });
  const verdicts = useQuery({ ...verdictsQuery(listed), enabled: chosen === 'verdict' });
  const asked = chosen === 'verdict' ? verdicts : all;
  const { data } = asked;
  return (
    <Panel
      title="Operations without an outcome"
      flush
      aside={
        <Segments
          label="State"
          options={filters}
          value={chosen}
          onChange={(value) =>
            void navigate({ to: '/retries', search: { state: value === '' ? undefined : value } })
          }
        />
      }
      foot={
        data ? (
          <Pager pages={pages} next={data.next} shown={data.items.length} what="operations" />
        ) : undefined
      }
    >
      <Missing names={data?.missing ?? []} />
      {!data ? (
        <Awaited
          asked={asked}
          what="operations"
          lines={7}
          failed="The queue is not there"
          command="npx refrain retries ls"
        />
      ) : data.items.length === 0 ? (
        <Empty
          title="Nothing waits"
          text="Every call to the outside world has its outcome. Let a provider fail, and retries show here."
          command="npx refrain retries ls"
        />
      ) : (
        <Queue operations={data.items} />
      )}
    </Panel>
  );
}
