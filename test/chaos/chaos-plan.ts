import { createChance } from '../../scripts/cli/demo/chance.ts';

/** What can be killed, ended and stopped: by the names of `refrain ps`. */
export const victims = [
  'nats',
  'nats-2',
  'nats-3',
  'orders',
  'orders-2',
  'payments',
  'payments-2',
  'inventory',
  'inventory-2',
  'notifications',
  'notifications-2',
  'governor',
  'governor-2',
  'psp',
  'mail',
] as const;

/** Connections that can be troubled: all of a service, with all its instances, to the one beside it. */
export const links = [
  'orders-broker',
  'payments-broker',
  'inventory-broker',
  'notifications-broker',
  'governor-broker',
  'payments-psp',
  'notifications-mail',
] as const;

export type Victim = (typeof victims)[number];
export type Link = (typeof links)[number];

/** One thing that goes wrong, and for how long. */
export type Fault =
  | { readonly kind: 'SIGKILL' | 'SIGTERM'; readonly on: Victim; readonly forMs: 0 }
  | { readonly kind: 'SIGSTOP'; readonly on: Victim; readonly forMs: number }
  | { readonly kind: 'cut' | 'half-open'; readonly on: Link; readonly forMs: number }
  | { readonly kind: 'slow'; readonly on: Link; readonly forMs: number; readonly byMs: number };

export type PlannedFault = Fault & { readonly atMs: number };

export interface ChaosPlanOptions {
  readonly seed: number;
  /** How long it goes on, in milliseconds from the first order. */
  readonly lengthMs: number;
  /** How long nothing fails at first: a shop that has just started is slower. */
  readonly calmMs: number;
  /** One fault in each span of so many milliseconds, so that one can see what each costs. */
  readonly everyMs: number;
  /** The longest that one lasts. */
  readonly forMsMax: number;
}

/** Every fault on everything it can hit, in an order of the seed's, and again when all have been. */
export function planChaos({ seed, lengthMs, calmMs, everyMs, forMsMax }: ChaosPlanOptions): PlannedFault[] {
  const chance = createChance(seed);
  const spans = Math.floor((lengthMs - calmMs) / everyMs);
  const plan: PlannedFault[] = [];
  let left: Fault[] = [];
  for (let span = 0; span < spans; span++) {
    if (left.length === 0) left = roundOf(chance, forMsMax);
    const fault = left.shift() as Fault;
    // Early in its span: the rest is there to recover in.
    plan.push({ ...fault, atMs: calmMs + span * everyMs + chance.below(everyMs / 4) });
  }
  return plan;
}

/** Every fault once. Kinds take turns, so that also a short run has some of each. */
function roundOf(chance: ReturnType<typeof createChance>, forMsMax: number): Fault[] {
  const lasting = (): number => Math.floor(forMsMax / 4) + chance.below((forMsMax * 3) / 4);
  const byKind: Fault[][] = [
    ...(['SIGKILL', 'SIGTERM'] as const).map((kind) =>
      chance.shuffled(victims).map((on): Fault => ({ kind, on, forMs: 0 })),
    ),
    chance.shuffled(victims).map((on): Fault => ({ kind: 'SIGSTOP', on, forMs: lasting() })),
    ...(['cut', 'half-open'] as const).map((kind) =>
      chance.shuffled(links).map((on): Fault => ({ kind, on, forMs: lasting() })),
    ),
    chance
      .shuffled(links)
      .map((on): Fault => ({ kind: 'slow', on, forMs: lasting(), byMs: 50 + chance.below(250) })),
  ];
  const round: Fault[] = [];
  while (byKind.some((faults) => faults.length > 0))
    for (const faults of chance.shuffled(byKind)) round.push(...faults.splice(0, 1));
  return round;
}

/** `  12.3 s  SIGSTOP    nats-2  for 3.1 s`. */
export function lineOf(fault: PlannedFault): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const how = fault.kind === 'slow' ? `, by ${fault.byMs} ms` : '';
  const span = fault.forMs > 0 ? `  for ${seconds(fault.forMs)}${how}` : '';
  return `${seconds(fault.atMs).padStart(9)}  ${fault.kind.padEnd(9)}  ${fault.on}${span}`;
}
