import { isIntake } from '@refrain/contract-kit';
import type { Delivery } from '@refrain/event-log';
import { Deadlines } from './deadlines.ts';
import { EffectRunner } from './effect-runner.ts';
import type { Governed } from './governed.ts';
import type { LoadMeter } from './load.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { Intake } from './intake.ts';
import { Reactor, type ReactorParts } from './reactor.ts';
import { RecoveryWork } from './recovery-work.ts';
import type { RecoveryWatch } from './recovery-watch.ts';
import { deadlineDurable, effectDurable, reactionDurable, topologyOf } from './topology.ts';
import type { ServiceDefinition } from './definition.ts';

/** Most deliveries of one durable handled at once. */
const DELIVERIES_MAX = 256;
/** Most messages of one outsider handled at once. */
const TOLD_MAX = 32;

/** Who handles the deliveries of one durable, and how many at once. */
interface Handler {
  readonly max: number;
  readonly handle: (delivery: Delivery) => Promise<void>;
}

/** What handles a service's deliveries, by durable, and what it does before it calls the world again. */
export interface Workers {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly effects: EffectRunner;
  readonly recovery: RecoveryWork;
}

export interface WorkersParts extends ReactorParts {
  readonly definition: ServiceDefinition;
  readonly view: OwnLogView;
  readonly watch: RecoveryWatch;
  readonly instance: string;
  readonly callsMax: number;
}

export function workersOf(parts: WorkersParts, governed: Governed): Workers {
  const { definition, ports, callsMax } = parts;
  const { service, durables } = topologyOf(definition);
  const reactor = new Reactor(parts);
  const intake = new Intake(parts);
  const intakes = durables
    .filter(({ stream }) => isIntake(stream))
    .map(({ durable }): [string, Handler] => [durable, { max: TOLD_MAX, handle: (d) => intake.handle(d) }]);
  const deadlines = new Deadlines(parts);
  const effects = new EffectRunner({ ...parts, ...governed });
  const reacts = (d: Delivery): Promise<void> => measured(ports, governed.load, reactor.handle(d));
  const hears = durables
    .filter(({ durable }) => durable === reactionDurable(service))
    .map(({ stream, durable }) => ({ service: stream, durable }));
  return {
    handlers: {
      [reactionDurable(service)]: { max: DELIVERIES_MAX, handle: reacts },
      [effectDurable(service)]: { max: callsMax, handle: (d) => effects.handle(d) },
      [deadlineDurable(service)]: { max: callsMax, handle: (d) => deadlines.handle(d) },
      ...Object.fromEntries(intakes),
    },
    effects,
    recovery: new RecoveryWork({ ...parts, ...governed, effects, hears }),
  };
}

/** How long deliveries take to be handled is one of the signs that a process has too much to do. */
async function measured({ clock }: Ports, load: LoadMeter, handling: Promise<void>): Promise<void> {
  const from = clock.now();
  await handling;
  load.handled(clock.now() - from);
}
