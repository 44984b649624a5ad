import { useQuery } from '@tanstack/react-query';
import type { GovernorPage } from '@refrain/console/api';
import { governorQuery } from '../data/queries.ts';
import { Gauge } from '../parts/gauge.tsx';
import { Panel } from '../parts/panel.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Awaited, Empty } from '../parts/state.tsx';
import { At, useNow } from '../parts/when.tsx';
import { Word } from '../parts/word.tsx';
import { duration, number } from '../parts/words.ts';
import { History } from './history.tsx';
import { Pin } from './pin.tsx';

/** Words with their reasons, the budget of retries, and what a person can say otherwise. */
export function Governor() {
  const asked = useQuery(governorQuery);
  const { data } = asked;
  if (!data)
    return (
      <Panel title="Governor">
        <Awaited
          asked={asked}
          what="the governor"
          failed="The governor is not heard"
          command="npx refrain governor status"
        />
      </Panel>
    );
  return (
    <>
      {data.speaks ? null : (
        <p className="notice tone-bad" role="alert">
          Nobody speaks for the governor. Until one does, each instance keeps to what it may do alone; nothing
          is lost.
        </p>
      )}
      {data.words.length === 0 ? (
        <Panel title="Governor">
          <Empty
            title="No word yet"
            text="A dependency shows once it is called."
            command="npx refrain order tea-001:2"
          />
        </Panel>
      ) : (
        <div className="columns">
          {data.words.map((word) => (
            <Dependency key={word.dependency} word={word} page={data} />
          ))}
        </div>
      )}
      <Instances instances={data.instances} />
    </>
  );
}

function Dependency({ word, page }: { word: GovernorPage['words'][number]; page: GovernorPage }) {
  const now = useNow();
  const budget = page.budgets.find(({ dependency }) => dependency === word.dependency);
  return (
    <Panel title={word.dependency} aside={<Word word={{ ...word, pinned: word.pin !== undefined }} />}>
      <div className="stack">
        <p>
          <span className="quiet">for {duration(Math.max(0, now - word.since))}:</span> {word.reason}
        </p>
        {word.warning === undefined ? null : <p className="notice tone-warn">{word.warning}</p>}
        {word.pin ? (
          <p className="notice tone-held">
            Pinned to {word.pin.kind} by {word.pin.by}: {word.pin.why} (<At at={word.pin.at} />
            {word.pin.until === undefined
              ? ', until it is released'
              : `, ${duration(Math.max(0, word.pin.until - now))} to go`}
            )
          </p>
        ) : null}
        <div className="row">
          <strong className={word.waiting > 0 ? 'held-text' : ''}>{number(word.waiting)}</strong> operations
          wait for leave
        </div>
        {budget ? (
          <Gauge label="retries in the last 10 s" used={budget.used} allowed={budget.allowed} />
        ) : null}
        <Pin word={word} />
        <History dependency={word.dependency} />
      </div>
    </Panel>
  );
}

function Instances({ instances }: { instances: GovernorPage['instances'] }) {
  if (instances.length === 0) return null;
  return (
    <details className="panel">
      <summary className="panel-head">
        <h2>What {instances.length} instances told the governor</h2>
      </summary>
      <Scroll label="Instances">
        <table className="table">
          <thead>
            <tr>
              <th>Instance</th>
              <th className="number">heard</th>
              <th className="number">lag</th>
              <th className="number">handling</th>
              <th className="number">schedules late</th>
              <th className="number">clock off</th>
              <th className="number">oldest overdue</th>
            </tr>
          </thead>
          <tbody>
            {instances.map(({ service, instance, heardAgoMs, load }) => (
              <tr key={`${service} ${instance}`}>
                <td>{instance}</td>
                <td className="number">{duration(heardAgoMs)} ago</td>
                <td className="number">{number(load.consumerLag)}</td>
                <td className="number">{duration(load.handlingMs)}</td>
                <td className="number">{duration(load.scheduleLateMs)}</td>
                <td className="number">{Math.round(load.clockOffsetMs)} ms</td>
                <td className="number">{duration(load.oldestOverdueMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
