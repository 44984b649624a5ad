import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../data/live.ts';
import { mapQuery } from '../data/queries.ts';
import { OrderLink } from '../parts/order-link.tsx';
import { Panel } from '../parts/panel.tsx';
import { Pill } from '../parts/pill.tsx';
import { Empty } from '../parts/state.tsx';
import { At, useNow } from '../parts/when.tsx';
import { Word } from '../parts/word.tsx';
import { duration, number } from '../parts/words.ts';

/** What the governor says of each dependency, and why. */
export function Words() {
  const live = useLive();
  const { data } = useQuery(mapQuery);
  const now = useNow();
  const words = live.words.length > 0 ? live.words : (data?.words ?? []);
  return (
    <Panel title="Governor" flush aside={<Link to="/retries">Retries</Link>}>
      {words.length === 0 ? (
        <Empty title="No word yet" text="Nothing was called." command="npx refrain governor status" />
      ) : (
        words.map((word) => (
          <div key={word.dependency} className="word-row">
            <div className="row">
              <strong>{word.dependency}</strong>
              <Word word={word} />
              {word.held > 0 ? <span className="held small">{number(word.held)} held</span> : null}
            </div>
            <p className="small quiet">
              for {duration(Math.max(0, now - word.since))}: {word.reason}
            </p>
            {word.warning === undefined ? null : <p className="small notice tone-warn">{word.warning}</p>}
          </div>
        ))
      )}
    </Panel>
  );
}

/** What became different while somebody looked: words and processes. */
export function Happenings() {
  const { happenings } = useLive();
  return (
    <Panel title="What changed" flush>
      {happenings.length === 0 ? (
        <Empty
          title="Nothing since you came"
          text="Words of the governor and starts of processes show here. What was said before stands in Retries, under History."
        />
      ) : (
        <ol className="feed" aria-live="polite">
          {happenings.toReversed().map(({ id, at, about, says, tone }) => (
            <li key={id}>
              <At at={at} />
              <span>{says}</span>
              <Pill tone={tone}>{about}</Pill>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** The latest events, each a way into its order. What is of many orders, such as a warehouse, is none. */
export function Latest() {
  const { latest } = useLive();
  return (
    <Panel title="Latest events" flush>
      {latest.length === 0 ? (
        <Empty
          title="Nothing was recorded lately"
          text="Place an order, and watch."
          command="npx refrain order tea-001:2"
        />
      ) : (
        <ol className="feed">
          {latest.toReversed().map(({ id, at, service, type, orderId }) => (
            <li key={id}>
              <At at={at} />
              {orderId === undefined ? <span>{type}</span> : <OrderLink orderId={orderId}>{type}</OrderLink>}
              <span className="quiet">{service}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
