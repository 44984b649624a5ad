import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LetterGroup } from '@refrain/console/api';
import { lettersQuery } from '../data/queries.ts';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Awaited, Empty, Missing } from '../parts/state.tsx';
import { At } from '../parts/when.tsx';
import { number } from '../parts/words.ts';
import { Redrive } from './redrive.tsx';
import { RedriveProgress } from './redrive-progress.tsx';

export function LettersPage() {
  const asked = useQuery(lettersQuery);
  const { data } = asked;
  return (
    <>
      <PageHead
        title="Dead letters"
        text="What nobody could decide, in groups of the same reaction and the same error. Try a group with today’s code first: that records nothing."
      >
        {data && data.letters > 0 ? (
          <Redrive what={{ all: true }} about="all dead letters" flags="all" />
        ) : null}
      </PageHead>
      <RedriveProgress />
      <Panel
        title="Groups"
        flush
        aside={
          data ? (
            <span className="quiet small">
              {number(data.letters)} {data.letters === 1 ? 'letter' : 'letters'}
              {data.truncated ? ' and more' : ''}
            </span>
          ) : undefined
        }
      >
        <Missing names={data?.missing ?? []} />
        {!data ? (
          <Awaited
            asked={asked}
            what="dead letters"
            failed="The dead letters are not there"
            command="npx refrain dead-letters ls"
          />
        ) : data.groups.length === 0 ? (
          <Empty
            title="No dead letter"
            text="Every event could be decided."
            command="npx refrain dead-letters ls"
          />
        ) : (
          <Groups groups={data.groups} />
        )}
      </Panel>
    </>
  );
}

function Groups({ groups }: { groups: readonly LetterGroup[] }) {
  return (
    <Scroll label="Groups of dead letters">
      <table className="table">
        <thead>
          <tr>
            <th>Service</th>
            <th>Reaction</th>
            <th>Error</th>
            <th className="number">Letters</th>
            <th className="number">Latest</th>
            <th>
              <span className="unseen">What one can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ service, group, reaction, errorClass, letters, newest }) => (
            <tr key={`${service} ${group}`}>
              <td>{service}</td>
              <td>
                <Link to="/dead-letters/$service/$group" params={{ service, group }}>
                  {reaction}
                </Link>
              </td>
              <td className="error-text">{errorClass}</td>
              <td className="number">{number(letters)}</td>
              <td className="number">
                <At at={newest} />
              </td>
              <td>
                <Redrive what={{ group }} about={`the group ${group}`} flags={`--group ${group}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
