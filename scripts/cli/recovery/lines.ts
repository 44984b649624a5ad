import type { RecoveryReport, RewindResult } from '@refrain/runtime';
import { table } from '../output.ts';
import type { Typed } from '../typed-command.ts';
import type { Told } from './recover-shop.ts';

/** What was rewound, for a person. */
export function rewoundLines({ recovery, durables, flows, again }: RewindResult): string[] {
  const since = new Date(recovery.since).toISOString();
  if (again) return [`the recovery ${recovery.id} was done before: nothing was rewound`];
  const moved = durables.filter(({ from, to }) => to < from);
  const inDoubt = Object.entries(flows).map(([service, count]) => `${count} of ${service}`);
  return [
    `recovery ${recovery.id}: what was stored since ${since} may lack its end`,
    `${moved.length} of ${durables.length} durables were put back; what they bring again adds nothing`,
    ...table(
      moved.map(({ service, durable, from, to }) => [`  ${durable}`, `on ${service}`, `${from} -> ${to}`]),
    ),
    `flows in doubt: ${inDoubt.join(', ')}`,
  ];
}

/** What the services found and did, for a person. `typed`: how a command is typed where this is read. */
export function toldLines({ reports, missing }: Told, typed: Typed = (command) => command): string[] {
  return [
    ...reports.flatMap((report) => reportLines(report, typed)),
    ...missing.map((service) => `${service} has not ended its part: it calls nobody before it has`),
  ];
}

function reportLines({ service, parked, found, foreign }: RecoveryReport, typed: Typed): string[] {
  return [
    `${service}: ${found.length} acts of the world were not on record, ${parked.length} may have happened`,
    ...found.map(({ effect, ref, correlation, recorded, problem }) => {
      const now = recorded.length > 0 ? `recorded as ${recorded.join(', ')}` : 'was recorded before';
      return `  ${effect} ${ref} of ${correlation}: ${problem ?? now}`;
    }),
    ...parked.map(
      ({ effect, operation, correlation }) =>
        `  ${effect} of ${correlation}: ${typed(`npx refrain verdict ${operation} happened|not-happened --why "…"`)}`,
    ),
    ...(foreign > 0 ? [`  ${foreign} acts of others at the same provider were left alone`] : []),
  ];
}

/** Whether a person has to look: at what was undone, and at what only a person can know. */
export const isFinding = ({ reports, missing }: Told): boolean =>
  missing.length > 0 || reports.some(({ parked, found }) => parked.length + found.length > 0);
