import { UsageError } from '../errors.ts';
import { laterServices } from '../later-services.ts';
import { nodeNames } from '../supervisor/broker-nodes.ts';
import { type Stage, stages } from '../supervisor/child-process.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import { childNames, roleOf } from '../supervisor/process-table.ts';
import type { RunFile, RunningProcess } from '../supervisor/run-file.ts';

type Running = Pick<RunFile, 'services'> & { readonly processes: readonly RunningProcess[] };

/** What is restarted together: the next stage waits until all of it is ready. */
export interface RestartStage {
  readonly stage: Stage;
  readonly processes: readonly string[];
  /** The services that they are instances of. */
  readonly services: readonly string[];
}

/** @throws UsageError naming everything that is wrong with the names at once. */
export function readRestart(names: readonly string[], shop: Running): RestartStage[] {
  const asked = [...new Set(names)];
  const problems = asked.flatMap((name) => problemOf(name, shop) ?? []);
  if (problems.length > 0)
    throw new UsageError(`refrain restart: ${problems.join('; ')}. Nothing was restarted.`);
  return stages.flatMap((stage) => {
    const processes = asked.filter((name) => roleOf(name)?.stage === stage);
    return processes.length > 0 ? [{ stage, processes, services: servicesOf(processes) }] : [];
  });
}

const servicesOf = (processes: readonly string[]): string[] =>
  [...new Set(processes.map((name) => roleOf(name)?.of ?? name))].filter((of) => serviceNames.includes(of));

/** The instances of these services that are not named, so go on with the code that they were started with. */
export const goingOn = (stage: Pick<RestartStage, 'processes' | 'services'>, shop: Running): string[] =>
  shop.processes
    .map(({ name }) => name)
    .filter((name) => !stage.processes.includes(name) && stage.services.includes(roleOf(name)?.of ?? name));

const isNode = (name: string): boolean => nodeNames.some((node) => node === name);

function problemOf(name: string, { processes, services }: Running): string | undefined {
  if (name === 'supervisor') return 'supervisor is the shop itself: end it with Ctrl-C, then `npm start`';
  if (isNode(name))
    return `${name} is the broker, which all others lean on: end the shop with Ctrl-C, then \`npm start\``;
  const found = processes.find((process) => process.name === name);
  if (!found) return absent(name, processes, laterServices({ services }));
  if (!roleOf(name))
    return `${name} runs and is in this checkout no more: the next \`npm start\` goes on without it`;
  // Between two starts a process has a number, if an old one.
  return found.status === 'starting' && found.pid === 0
    ? `${name} has not been started yet: wait until \`npm start\` is done`
    : undefined;
}

function absent(name: string, processes: Running['processes'], later: readonly string[]): string {
  if (later.includes(name))
    return `${name} is new, and no process of this run: end the shop with Ctrl-C, then \`npm start\` starts it`;
  if (childNames.includes(name))
    return `the shop runs without ${name}: \`npm start\` starts it, if it does not leave it out`;
  const known = processes
    .map((process) => process.name)
    .filter((one) => one !== 'supervisor' && !isNode(one));
  return `unknown process "${name}", expected one of ${known.join(', ')}`;
}
