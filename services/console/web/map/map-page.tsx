import './map.css';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { ChoreographyMap } from '@refrain/console/api';
import { useLive } from '../data/live.ts';
import { mapQuery } from '../data/queries.ts';
import { Later } from '../parts/later.tsx';
import { useNarrow } from '../parts/narrow.ts';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Awaited, Loading } from '../parts/state.tsx';
import { Carried, Details } from './details.tsx';
import { Figures } from './figures.tsx';
import { OtherCard, ServiceCard } from './node-cards.tsx';
import { Pulse } from './pulse.tsx';
import { Happenings, Latest, Words } from './side.tsx';
import { recording, standing } from './standing.ts';

const Choreography = lazy(async () => ({ default: (await import('./choreography.tsx')).Choreography }));

const drawing = <Loading what="the picture" lines={9} />;

export function MapPage() {
  return (
    <>
      <PageHead
        title="Map"
        text="Who hears whom, what flows now, and what is held back. Choose a service or an arrow to see what it carries."
      />
      <Figures />
      <div className="map-grid">
        <div className="stack">
          <Picture />
          <Later meanwhile={null}>
            <Pulse />
          </Later>
        </div>
        <div className="stack">
          <Words />
          <Happenings />
          <Latest />
        </div>
      </div>
    </>
  );
}

function Picture() {
  const asked = useQuery(mapQuery);
  const { data } = asked;
  const [chosen, setChosen] = useState<string>();
  const narrow = useNarrow();
  if (!data)
    return (
      <Panel title="Choreography">
        <Awaited
          asked={asked}
          what="the map"
          lines={9}
          failed="The map is not there"
          command="npx refrain graph"
        />
      </Panel>
    );
  return (
    <>
      <Panel title="Choreography" flush aside={<span className="quiet small">from the contracts</span>}>
        {narrow ? (
          <Cards map={data} />
        ) : (
          <Later meanwhile={drawing}>
            <Suspense fallback={drawing}>
              <Choreography map={data} chosen={chosen} onChoose={setChosen} />
            </Suspense>
          </Later>
        )}
      </Panel>
      {chosen === undefined ? null : (
        <Details map={data} chosen={chosen} onClose={() => setChosen(undefined)} />
      )}
      <details className="panel">
        <summary className="panel-head">The same as a table</summary>
        <Carried edges={data.edges} />
      </details>
    </>
  );
}

/** Where there is no room for arrows: how each stands, one under the other. */
function Cards({ map }: { map: ChoreographyMap }) {
  const live = useLive();
  const { services, words } = standing(map, live);
  return (
    <div className="map-cards">
      {map.nodes.map((node) => {
        const service = services.find((one) => one.service === node.id);
        const word = words.find(({ dependency }) => dependency === node.id);
        const Card = node.kind === 'service' || node.kind === 'guest' ? ServiceCard : OtherCard;
        return (
          <Card
            key={node.id}
            node={node}
            service={service}
            word={word}
            recording={recording(node.id, live)}
          />
        );
      })}
    </div>
  );
}
