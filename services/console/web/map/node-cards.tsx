import type { MapNode, ServiceSeen, WordSeen } from '@refrain/console/api';
import { Pill } from '../parts/pill.tsx';
import { Word } from '../parts/word.tsx';
import { duration, number, rate } from '../parts/words.ts';

export interface NodeData {
  readonly node: MapNode;
  readonly service: ServiceSeen | undefined;
  readonly word: WordSeen | undefined;
  readonly recording: number;
}

function Health({ service }: { service: ServiceSeen | undefined }) {
  if (!service) return <Pill tone="quiet">not heard of</Pill>;
  if (service.ready === 0) return <Pill tone="bad">down</Pill>;
  if (service.ready < service.instances)
    return (
      <Pill tone="warn">
        {service.ready} of {service.instances} ready
      </Pill>
    );
  return <Pill tone="good">{service.instances > 1 ? `${service.instances} ready` : 'ready'}</Pill>;
}

function Figure({ name, value, tone }: { name: string; value: string; tone?: string | undefined }) {
  return (
    <div className={tone === undefined ? 'node-figure' : `node-figure is-${tone}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What one service does, and what waits in it. */
export function ServiceCard({ node, service, recording }: NodeData) {
  return (
    <div className="node-card">
      <div className="node-head">
        <strong>{node.id}</strong>
        <Health service={service} />
      </div>
      <dl className="node-figures">
        <Figure name="events/s" value={rate(recording)} />
        <Figure
          name="lag"
          value={number(service?.lag ?? 0)}
          tone={(service?.lag ?? 0) > 100 ? 'warn' : undefined}
        />
        <Figure name="open" value={number(service?.open ?? 0)} />
      </dl>
      <div className="node-foot">{service ? <Troubles service={service} /> : null}</div>
    </div>
  );
}

function Troubles({ service }: { service: ServiceSeen }) {
  const troubles: { tone: 'bad' | 'warn'; says: string }[] = [];
  if (service.deadLetters > 0) troubles.push({ tone: 'bad', says: `${number(service.deadLetters)} dead` });
  if (service.waiting > 0) troubles.push({ tone: 'warn', says: `${number(service.waiting)} given up` });
  if (service.oldestOverdueMs > 5_000)
    troubles.push({ tone: 'warn', says: `late by ${duration(service.oldestOverdueMs)}` });
  if (troubles.length === 0) return <span className="quiet">nothing is stuck</span>;
  return troubles.map(({ tone, says }) => (
    <Pill key={says} tone={tone}>
      {says}
    </Pill>
  ));
}

const kinds = {
  dependency: 'dependency',
  outsider: 'another program',
  guest: 'a guest',
  service: '',
} as const;

/** What lies outside: a dependency with the governor’s word on it, or somebody else’s program. */
export function OtherCard({ node, word }: NodeData) {
  return (
    <div className={`node-card is-outside${word && word.kind !== 'open' ? ` word-${word.kind}` : ''}`}>
      <div className="node-head">
        <strong>{node.id}</strong>
        <span className="quiet small">{kinds[node.kind]}</span>
      </div>
      {word ? (
        <p>
          <Word word={word} />
        </p>
      ) : null}
      {word ? (
        <p className="small">
          {word.held > 0 ? (
            <strong className="held">{number(word.held)} held</strong>
          ) : (
            <span className="quiet">nothing is held</span>
          )}
        </p>
      ) : null}
    </div>
  );
}
