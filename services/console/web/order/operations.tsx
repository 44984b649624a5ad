import { useEffect, useRef } from 'react';
import type { OperationStory } from '@refrain/console/api';
import { Command } from '../parts/command.tsx';
import { Json } from '../parts/json.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/state.tsx';
import { Status } from '../parts/status.tsx';
import { At } from '../parts/when.tsx';

/** Every call to the outside world that this order asked for: what was tried, and what came of it. */
export function Operations({
  operations,
  chosen,
}: {
  operations: readonly OperationStory[];
  chosen: string | undefined;
}) {
  if (operations.length === 0)
    return (
      <Panel title="Operations">
        <Empty
          title="Nothing was asked of the outside world"
          text="A charge, a refund or a mail shows here as soon as it is intended."
        />
      </Panel>
    );
  return (
    <div className="stack">
      {operations.map((story) => (
        <Story key={story.operation} story={story} isChosen={story.operation === chosen} />
      ))}
    </div>
  );
}

function Story({ story, isChosen }: { story: OperationStory; isChosen: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <div ref={ref} className={isChosen ? 'story is-chosen' : 'story'}>
      <Panel
        title={`${story.effect} at ${story.dependency}`}
        aside={
          <>
            <Status status={story.status} />
            <span className="quiet small">
              {story.attempts} {story.attempts === 1 ? 'attempt' : 'attempts'}
            </span>
          </>
        }
        foot={
          <>
            <span>{story.next}</span>
            <Command text={`npx refrain why ${story.operation}`} />
          </>
        }
      >
        <p className="quiet small mono story-id">{story.operation}</p>
        <ol className="steps">
          {story.steps.map(({ at, seq, type, sentences, data }) => (
            <li
              key={`${seq} ${type}`}
              className={type === 'refrain.AttemptFailed' ? 'step is-failure' : 'step'}
            >
              <span className="quiet">
                <At at={at} />
              </span>
              <div>
                <strong>{type}</strong>
                {sentences.map((sentence) => (
                  <p key={sentence}>{sentence}</p>
                ))}
                <details>
                  <summary className="small">payload, at {seq}</summary>
                  <Json value={data} label={`Payload of ${type}`} />
                </details>
              </div>
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  );
}
