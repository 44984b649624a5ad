import type { ServiceDefinition } from './definition.ts';
import { Gatekeeper } from './gatekeeper.ts';
import type { LoadMeter } from './load.ts';
import type { Ports } from './ports.ts';
import { Reporter } from './reporter.ts';
import type { Sweep } from './sweep.ts';
import { deadlineDurable, topologyOf } from './topology.ts';

/** What stands between a process and the world: who lets calls through, who counts, who tells. */
export interface Governed {
  readonly load: LoadMeter;
  readonly gatekeeper: Gatekeeper;
  readonly reporter: Reporter;
}

export interface GovernedParts {
  readonly ports: Ports;
  readonly definition: ServiceDefinition;
  readonly instance: string;
  /** Most operations called at once; of each dependency a quarter of it, per kind, may wait for leave. */
  readonly callsMax: number;
  readonly load: LoadMeter;
  readonly sweep: Sweep;
}

export function governedBy({ ports, definition, instance, callsMax, load, sweep }: GovernedParts): Governed {
  const { service, durables } = topologyOf(definition);
  const dependencies = [...new Set(definition.effects.map(({ rule }) => rule.dependency))];
  const gatekeeper = new Gatekeeper(ports, { instance, dependencies, roomMax: Math.ceil(callsMax / 4) });
  // The durable of deadlines holds back what is not due: what waits there is no load.
  const loads = durables.filter(({ durable }) => durable !== deadlineDurable(service));
  const refs = loads.map(({ stream, durable }) => ({ service: stream, durable }));
  const names = { service, instance, dependencies, durables: refs };
  const parked = (now: number): Promise<ReadonlyMap<string, number>> => sweep.parked(now);
  return { load, gatekeeper, reporter: new Reporter({ ports, ...names, gatekeeper, load, parked }) };
}
