import './replay.css';
import { useState } from 'react';
import { type ReplaySeen, replayReport, routes } from '@refrain/console/api';
import { useErrand } from '../data/errand.ts';
import { Command } from '../parts/command.tsx';
import { PageHead, Panel, Tile } from '../parts/panel.tsx';
import { Progress } from '../parts/progress.tsx';
import { Empty } from '../parts/state.tsx';
import { number } from '../parts/words.ts';
import { useSession } from '../shell/session.ts';
import { Differences } from './differences.tsx';

const kinds = ['replay'] as const;

export function ReplayPage() {
  const { current, start } = useErrand(kinds);
  const result = current?.state === 'done' ? replayReport.safeParse(current.result).data : undefined;
  return (
    <>
      <PageHead
        title="Replay"
        text="Makes the decisions of a service’s log again by today’s code, and tells those that come out otherwise. Nothing is called and nothing is recorded."
      />
      <Ask
        running={current?.state === 'running'}
        onStart={(body) => start.mutate({ path: routes.replay, body })}
      />
      {start.error ? (
        <p className="notice tone-bad" role="alert">
          {start.error.message}
        </p>
      ) : null}
      {current ? (
        <Panel title="The latest replay">
          <div className="stack">
            <Progress of={current} />
            {result ? <Report report={result} /> : null}
          </div>
        </Panel>
      ) : (
        <Panel title="The latest replay">
          <Empty
            title="Nothing was replayed yet"
            text="Pick a service above. A million commits take some ten seconds."
            command="npx refrain replay payments"
          />
        </Panel>
      )}
    </>
  );
}

interface Asked {
  service: string;
  from?: string;
  to?: string;
  entity?: string;
}

const fields = [
  { name: 'from', says: 'From', hint: 'sequence or time; the start' },
  { name: 'to', says: 'To', hint: 'sequence or time; now' },
  { name: 'entity', says: 'Entity', hint: 'charge/<id>; all' },
] as const;

function Ask({ running, onStart }: { running: boolean; onStart: (asked: Asked) => void }) {
  const { services } = useSession();
  const [service, setService] = useState(services[0] ?? '');
  const [range, setRange] = useState({ from: '', to: '', entity: '' });
  const set = fields.flatMap(({ name }) =>
    range[name].trim() === '' ? [] : [[name, range[name].trim()] as const],
  );
  return (
    <Panel
      title="What to decide again"
      foot={
        <Command
          text={`npx refrain replay ${service}${set.map(([name, value]) => ` --${name} ${value}`).join('')}`}
        />
      }
    >
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          onStart({ service, ...Object.fromEntries(set) });
        }}
      >
        <label className="field">
          <span>Service</span>
          <select className="input" value={service} onChange={({ target }) => setService(target.value)}>
            {services.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {fields.map(({ name, says, hint }) => (
          <label key={name} className="field">
            <span>{says}</span>
            <input
              className="input"
              placeholder={hint}
              autoComplete="off"
              value={range[name]}
              onChange={({ target }) => setRange({ ...range, [name]: target.value })}
            />
          </label>
        ))}
        <button type="submit" className="button primary" disabled={running}>
          {running ? 'Running…' : 'Replay'}
        </button>
      </form>
    </Panel>
  );
}

function Report({ report }: { report: ReplaySeen }) {
  const { commits, events, same, different, mended, seconds, commitsPerSecond, notDecided } = report;
  return (
    <>
      <dl className="tiles">
        <Tile label="commits" value={number(commits)} hint={`${number(events)} events`} />
        <Tile label="decided the same" value={number(same)} />
        <Tile label="differ" value={number(different)} tone={different > 0 ? 'bad' : undefined} />
        <Tile label="dead letters mended" value={number(mended)} />
        <Tile
          label="took"
          value={seconds.toFixed(1)}
          unit="s"
          hint={`${number(Math.round(commitsPerSecond))} commits/s`}
        />
      </dl>
      {Object.keys(notDecided).length === 0 ? null : (
        <p className="quiet small">
          Not decided again:{' '}
          {Object.entries(notDecided)
            .map(([why, count]) => `${number(count)} ${why}`)
            .join(', ')}
        </p>
      )}
      <Differences report={report} />
    </>
  );
}
