import type { FlowEventSeen } from '@refrain/console/api';
import { type ContractInfo, type EffectRule, isPlatformEvent } from '@refrain/contract-kit';

/** Which kind an event of a flow is. */
export type KindOf = (event: { readonly service: string; readonly type: string }) => FlowEventSeen['kind'];

const platformFailures = ['refrain.AttemptFailed', 'refrain.Defect'];

/** What contracts say of their events: what tells of a failure, and what takes something back. Pure. */
export function eventKindsOf(contracts: readonly ContractInfo[]): KindOf {
  const failures = new Set<string>();
  const undoing = new Set<string>();
  for (const { service, effects, undoneBy, waits } of contracts) {
    const rules = Object.values(effects);
    for (const type of [...rules.flatMap(endsOf), ...waits]) failures.add(`${service}.${type}`);
    const begun = rules.filter(({ undoes }) => undoes !== undefined).map(({ after }) => after);
    for (const type of [...Object.values(undoneBy), ...begun]) undoing.add(`${service}.${type}`);
  }
  return ({ service, type }) => {
    const name = `${service}.${type}`;
    if (platformFailures.includes(type) || failures.has(name)) return 'failure';
    if (undoing.has(name)) return 'undo';
    return isPlatformEvent(type) ? 'platform' : 'plain';
  };
}

/** What is recorded where an effect does not succeed. */
const endsOf = ({ failures, neverHappened }: EffectRule): string[] => [
  ...Object.values(failures).map((rule) => (rule.class === 'rejected' ? rule.records : rule.givingUp)),
  ...(neverHappened === undefined ? [] : [neverHappened]),
];
