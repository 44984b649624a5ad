import { redriving } from '@refrain/console/api';
import { useErrand } from '../data/errand.ts';
import { Panel, Tile } from '../parts/panel.tsx';
import { Progress } from '../parts/progress.tsx';
import { number } from '../parts/words.ts';

const kinds = ['dry run', 'redrive'] as const;
const shownMax = 20;

/** How far the latest dry run or redrive is, and what came of it. */
export function RedriveProgress() {
  const { current } = useErrand(kinds);
  if (!current) return null;
  const result = current.state === 'done' ? redriving.safeParse(current.result).data : undefined;
  const would = result?.dryRun === true ? 'would be' : 'are';
  return (
    <Panel title={result?.dryRun === true ? 'What would come of it' : 'What came of it'}>
      <div className="stack">
        <Progress of={current} />
        {result ? (
          <>
            {result.missing.length > 0 ? (
              <p className="notice tone-warn">
                {result.missing.join(', ')} could not be asked: nothing was decided there.
              </p>
            ) : null}
            <dl className="tiles">
              <Tile label={`${would} decided`} value={number(result.succeeded)} />
              <Tile
                label={`${would} dead again`}
                value={number(result.failed)}
                tone={result.failed > 0 ? 'bad' : undefined}
              />
              <Tile label="under way" value={number(result.pending)} />
              <Tile label="answered before" value={number(result.already)} />
              <Tile
                label="refused"
                value={number(result.refused.length)}
                tone={result.refused.length > 0 ? 'warn' : undefined}
              />
            </dl>
            <ul>
              {result.errors.slice(0, shownMax).map(({ error, letters }) => (
                <li key={error} className="error-text">
                  {number(letters)} × {error}
                </li>
              ))}
              {result.refused.slice(0, shownMax).map(({ id, problem }) => (
                <li key={id} className="quiet">
                  {id}: {problem}
                </li>
              ))}
              {result.unknown.slice(0, shownMax).map((id) => (
                <li key={id} className="quiet">
                  {id}: no service knows it
                </li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
    </Panel>
  );
}
