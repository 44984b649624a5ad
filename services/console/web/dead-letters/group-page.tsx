import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type LetterSeen, routes, spoken } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { letterGroupQuery } from '../data/queries.ts';
import { Action } from '../parts/action.tsx';
import { Pager, usePages } from '../parts/pager.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Awaited, Empty } from '../parts/state.tsx';
import { At } from '../parts/when.tsx';
import { shortId } from '../parts/words.ts';
import { Redrive } from './redrive.tsx';
import { RedriveProgress } from './redrive-progress.tsx';

/** The letters of one group. */
export function GroupPage() {
  const { service, group } = useParams({ from: '/dead-letters/$service/$group' });
  const pages = usePages(`${service} ${group}`);
  const asked = useQuery(letterGroupQuery(service, group, { after: pages.after }));
  const { data } = asked;
  const [first] = data?.items ?? [];
  return (
    <>
      <PageHead title={first?.reaction ?? `Group ${group}`} text={first?.error}>
        <Redrive what={{ group }} about={`the group ${group}`} flags={`--group ${group}`} />
      </PageHead>
      <RedriveProgress />
      <Panel
        title={`Letters of ${service}`}
        aside={<Link to="/dead-letters">All groups</Link>}
        flush
        foot={
          data ? <Pager pages={pages} next={data.next} shown={data.items.length} what="letters" /> : undefined
        }
      >
        {!data ? (
          <Awaited
            asked={asked}
            what="the letters"
            failed="This group is not there"
            command="npx refrain dead-letters ls"
          />
        ) : data.items.length === 0 ? (
          <Empty
            title="No letter is left in this group"
            text="They were decided, or resolved by a person."
            command="npx refrain dead-letters ls"
          />
        ) : (
          <Letters letters={data.items} />
        )}
      </Panel>
    </>
  );
}

function Letters({ letters }: { letters: readonly LetterSeen[] }) {
  return (
    <Scroll label="Letters">
      <table className="table">
        <thead>
          <tr>
            <th>Letter</th>
            <th>Order</th>
            <th>Entity</th>
            <th>At</th>
            <th>Driven again</th>
            <th>
              <span className="unseen">What one can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <LetterRow key={letter.id} letter={letter} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function LetterRow({ letter: { id, flow, entity, at, redriven, redrivable } }: { letter: LetterSeen }) {
  const resolve = async (why: string): Promise<string> =>
    (await send(routes.deadLetterResolve(id), spoken, { why })).says;
  return (
    <tr>
      <td className="mono" title={id}>
        {shortId(id)}
      </td>
      <td>
        <Link to="/orders/$orderId" params={{ orderId: flow }} className="mono" title={flow}>
          {shortId(flow)}
        </Link>
      </td>
      <td className="mono">{entity.split('/').map(shortId).join('/')}</td>
      <td>
        <At at={at} />
      </td>
      <td>
        {redriven ? (
          <>
            by {redriven.by}: {redriven.why}
          </>
        ) : (
          <span className="quiet">{redrivable ? 'not yet' : 'cannot be'}</span>
        )}
      </td>
      <td>
        <div className="row actions">
          {redrivable ? (
            <Redrive what={{ ids: [id] }} about={`the letter ${shortId(id)}`} flags={id} />
          ) : null}
          <Action
            label="Resolve"
            look="bare"
            says="You have seen to it otherwise. It is not decided any more, whatever is delivered again."
            asksWhy
            run={resolve}
            command={(why) => `npx refrain dead-letters resolve ${id} --why ${why}`}
          />
        </div>
      </td>
    </tr>
  );
}
