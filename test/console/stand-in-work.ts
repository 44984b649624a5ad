import type { GovernorPage, LettersOverview, OperationSeen, ReplaySeen } from '@refrain/console/api';
import { at, beganMs, idOf } from './stand-in-ids.ts';
import { services, wordsAt } from './stand-in-shop.ts';

export const operationAt = (n: number, nowMs: number): OperationSeen => {
  const state = (['parked', 'parked', 'open', 'waiting', 'defect'] as const)[n % 5] ?? 'open';
  return {
    id: idOf(5_000 + n),
    service: 'payments',
    entity: `charge/${idOf(n)}`,
    flow: idOf(n),
    effect: n % 3 === 0 ? 'refund' : 'charge',
    dependency: 'psp',
    state,
    since: new Date(nowMs - 40_000 - n * 300).toISOString(),
    attempts: (n % 7) + 1,
    attemptsMax: 8,
    ...(state === 'parked' ? { due: new Date(nowMs + (n % 40) * 1_000).toISOString() } : {}),
    lastFailure: {
      name: 'provider_down',
      class: 'outage',
      happened: 'no',
      reason: 'connect ECONNREFUSED 127.0.0.1:4020',
      at: new Date(nowMs - 9_000).toISOString(),
    },
    ...(n % 5 === 1 ? { held: { reason: 'suppressed: 93 of 100 calls failed within 10 s' } } : {}),
    ...(state === 'waiting' ? { needs: ['verdict' as const] } : {}),
    ...(state === 'defect'
      ? { defect: { letter: idOf(9_000 + n), error: 'TypeError: amount is undefined' } }
      : {}),
  };
};

export const governorAt = (nowMs: number): GovernorPage => ({
  lease: { holder: 'governor', epoch: 3, isOwn: true },
  policyVersion: 1,
  speaks: true,
  words: wordsAt(nowMs).map(({ pinned, held, dependency, kind, ...word }) => ({
    ...word,
    dependency,
    kind: kind === 'suppressed' ? 'suppressed' : 'throttled',
    waiting: held,
    epoch: 3,
    tick: 400,
    ...(pinned
      ? {
          pin: {
            kind: 'throttled' as const,
            rate: 5,
            by: 'ada',
            host: 'desk',
            why: 'their queue is full',
            at: nowMs - 90_000,
          },
        }
      : {}),
  })),
  budgets: [
    { dependency: 'psp', used: 18, allowed: 18 },
    { dependency: 'mail', used: 9, allowed: 10 },
  ],
  instances: services.map(({ service }) => ({
    service,
    instance: service,
    heardAgoMs: 300,
    load: { consumerLag: 2, handlingMs: 4, scheduleLateMs: 12, clockOffsetMs: 1, oldestOverdueMs: 0 },
  })),
});

export const lettersOf = (): LettersOverview => ({
  groups: [
    {
      service: 'orders',
      group: 'k3a9',
      reaction: 'note that it is paid',
      errorClass: 'TypeError: Cannot read properties of undefined (reading "minor")',
      letters: 11,
      oldest: at(0),
      newest: at(60_000),
    },
    {
      service: 'orders',
      group: 'b7c2',
      reaction: 'end the charge, declined',
      errorClass: 'expected a reason, found none',
      letters: 1,
      oldest: at(0),
      newest: at(1_000),
    },
  ],
  letters: 12,
  truncated: false,
  missing: [],
});

export const letterAt = (n: number) => ({
  id: idOf(9_000 + n),
  group: 'k3a9',
  service: 'orders',
  entity: `order/${idOf(n)}`,
  flow: idOf(n),
  cause: 'event:kx5ssdqybkzoj3u2zrrxvndbhm',
  reaction: 'note that it is paid',
  error: 'TypeError: Cannot read properties of undefined (reading "minor")',
  at: at(n * 1_000),
  redrivable: true,
});

export const replayReportOf = (): ReplaySeen => ({
  service: 'payments',
  commits: 120_000,
  events: 131_000,
  heard: 90_000,
  same: 119_998,
  different: 2,
  mended: 0,
  notDecided: { 'of a person': 3 },
  differences: [0, 1].map((n) => ({
    entity: `charge/${idOf(n)}`,
    seq: 4_000 + n,
    at: beganMs + n,
    cause: 'event:kx5ssdqybkzoj3u2zrrxvndbhm',
    reaction: 'give the money back',
    correlation: idOf(n),
    recorded: [{ type: 'RefundRequested', version: 1, data: { amount: 300 } }],
    decided: [],
  })),
  seconds: 9.4,
  commitsPerSecond: 12_800,
});
