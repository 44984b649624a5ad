import { UsageError } from '../errors.ts';
import type { NodeCount } from './broker-nodes.ts';
import { childNames, instanceNames } from './process-table.ts';

/** What the flags of `up` ask for, found to be possible. */
export interface UpRequest {
  readonly only: readonly string[];
  readonly instances: Readonly<Record<string, number>>;
  readonly nodes: NodeCount;
}

export interface UpFlags {
  readonly only: readonly string[];
  readonly instances: readonly string[];
  readonly nodes: number;
}

const instancesMax = 16;

/** @throws UsageError naming everything that is wrong at once. */
export function readUpRequest({ only, instances, nodes }: UpFlags): UpRequest {
  const problems: string[] = [];
  if (nodes !== 1 && nodes !== 3) problems.push(`--nodes: expected 1 or 3, found ${nodes}`);

  const named = only.flatMap((name) => knownName(name, '--only', childNames, problems));
  const counts = instances.flatMap((item) => {
    const [, name = '', count = ''] = /^([^=]*)=(.*)$/.exec(item) ?? [];
    const [service] = knownName(name === '' ? item : name, '--instances', instanceNames, problems);
    if (service === undefined) return [];
    const number = Number(count);
    if (/^\d+$/.test(count) && number >= 1 && number <= instancesMax) return [[service, number] as const];
    problems.push(
      `--instances ${service}: expected a number from 1 to ${instancesMax} as in ${service}=3, found "${item}"`,
    );
    return [];
  });
  for (const [name] of counts) {
    if (counts.filter(([other]) => other === name).length > 1)
      problems.push(`--instances names ${name} twice`);
    if (named.length > 0 && !named.includes(name))
      problems.push(`--instances names ${name}, which --only leaves out`);
  }
  if (problems.length > 0) {
    throw new UsageError(`refrain up: ${[...new Set(problems)].join('; ')}. Nothing was started.`);
  }
  return {
    only: named.length > 0 ? named : childNames,
    instances: Object.fromEntries(counts),
    nodes: nodes === 3 ? 3 : 1,
  };
}

/** The name if it is one of `known`, else a problem said. */
function knownName(name: string, flag: string, known: readonly string[], problems: string[]): string[] {
  if (known.includes(name)) return [name];
  problems.push(`${flag}: unknown name "${name}", expected one of ${known.join(', ')}`);
  return [];
}
