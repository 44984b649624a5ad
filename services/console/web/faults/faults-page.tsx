import { useQuery } from '@tanstack/react-query';
import { faultsQuery } from '../data/queries.ts';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Awaited, Empty } from '../parts/state.tsx';
import { Pulse } from '../map/pulse.tsx';
import { Words } from '../map/side.tsx';
import { useSession } from '../shell/session.ts';
import { Load } from './load.tsx';
import { Sandbox } from './sandbox.tsx';
import '../map/map.css';

export function FaultsPage() {
  const { sandboxes } = useSession();
  const asked = useQuery({ ...faultsQuery, enabled: sandboxes.length > 0 });
  const { data } = asked;
  return (
    <>
      <PageHead
        title="Faults"
        text="Let the sandboxes fail and place orders meanwhile: what the governor says, what is held, and how it heals shows below. Real providers are never touched."
      />
      {sandboxes.length === 0 ? (
        <Panel title="Sandboxes">
          <Empty
            title="No sandbox runs here"
            text="This shop calls real providers, and those nobody breaks on purpose."
            command="npx refrain ps"
          />
        </Panel>
      ) : (
        <>
          <div className="columns">
            {!data ? (
              <Awaited
                asked={asked}
                what="the sandboxes"
                failed="The sandboxes are not reached"
                command="npx refrain ps"
              />
            ) : (
              data.items.map((sandbox) => <Sandbox key={sandbox.sandbox} sandbox={sandbox} />)
            )}
            <Load />
          </div>
          <div className="map-grid">
            <Pulse />
            <Words />
          </div>
        </>
      )}
    </>
  );
}
