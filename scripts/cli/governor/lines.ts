import { type Pin, SILENT_MS, type StoredPolicy } from '@refrain/governor';
import type { Change, Status } from '@refrain/service-governor';
import { lasted } from '../durations.ts';
import { table } from '../output.ts';
import { settingsOf } from './policy-edit.ts';

const head = ['dependency', 'word', 'for', 'calls/s', 'waiting', 'retries in 10 s', 'why'];

/** Whether somebody speaks, on everything there is. */
export const isSpeaking = ({ lease, words }: Status): boolean =>
  lease !== null && words.every(({ saidAgoMs }) => saidAgoMs < SILENT_MS);

export function statusLines(status: Status, now: number): string[] {
  const { lease, words, budgets, instances, policyVersion } = status;
  const rows = words.map((word) => {
    const budget = budgets.find(({ dependency }) => dependency === word.dependency);
    return [
      word.dependency,
      word.ramp ? `${word.kind}, on its way up` : word.kind,
      lasted(now - word.since),
      word.rate === undefined ? '-' : String(Math.round(word.rate * 10) / 10),
      String(word.waiting),
      budget ? `${budget.used} of ${budget.allowed}${budget.ramp ? ', with a ramp' : ''}` : '-',
      word.reason,
    ];
  });
  return [
    ...(rows.length > 0 ? table([head, ...rows]) : ['No instance has reported a dependency yet.']),
    ...words.flatMap(({ dependency, warning, pin, saidAgoMs }) => [
      ...(warning === undefined ? [] : [`${dependency} warns: ${warning}`]),
      ...(pin ? [`${dependency} is pinned ${pinned(pin)}`] : []),
      ...(saidAgoMs < SILENT_MS
        ? []
        : [`${dependency}: no word for ${lasted(saidAgoMs)}, instances keep to what they may do alone`]),
    ]),
    lease
      ? `${lease.holder} speaks, term ${lease.epoch}, policy version ${policyVersion}.`
      : 'No governor holds the lease: nobody speaks.',
    `${reporting(instances)}.`,
  ];
}

const reporting = (instances: Status['instances']): string =>
  instances.length === 0
    ? 'No instance reports'
    : `Reports come from ${instances.map(({ instance }) => instance).join(', ')}`;

const pinned = ({ kind, rate, until, by, host, why }: Pin): string => {
  const what = rate === undefined ? kind : `${kind} to ${rate} calls/s`;
  const end = until === undefined ? 'until it is released' : `until ${timeOf(until)}`;
  return `${what} by ${by} on ${host} ${end}: ${why}`;
};

export const historyLines = (changes: readonly Change[]): string[] =>
  changes.toReversed().map((change) => `${timeOf(change.at)}  ${said(change)}`);

function said(change: Change): string {
  if (change.what === 'pinned') return `pinned ${pinned(change.pin)}`;
  if (change.what === 'released') return `released by ${change.by} on ${change.host}: ${change.why}`;
  const rate = change.rate === undefined ? '' : ` to ${Math.round(change.rate * 10) / 10} calls/s`;
  return `${change.kind}${rate}${change.ramp ? ', on its way up' : ''}: ${change.reason}`;
}

export function policyLines({ version, policy, by, host, why, at }: StoredPolicy): string[] {
  const from = version === 0 ? why : `by ${by} on ${host}, ${timeOf(at)}: ${why}`;
  return [
    `version ${version}, ${from}`,
    ...table(settingsOf(policy).map(({ key, value }) => [key, String(value)])),
  ];
}

const timeOf = (at: number): string => new Date(at).toISOString();
