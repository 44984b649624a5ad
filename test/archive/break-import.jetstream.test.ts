import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCommit, type ServiceTopology } from '@refrain/event-log';
import {
  type BrokerPlan,
  brokerPlan,
  type Copies,
  connectBroker,
  jetStreamCopies,
  jetStreamEventLog,
  jetStreamRecovering,
  platformIdOf,
  reconcile,
} from '@refrain/jetstream';
import { systemClock } from '@refrain/process';
import { isPlatformHeld } from '@refrain/runtime';
import { expect, inject, onTestFinished, test } from 'vitest';
import { testBroker } from '../../shared/jetstream/test-broker.fixture.ts';
import { exportLogs } from '../../scripts/cli/archive/export-logs.ts';
import { checkArchive, importArchive, type ImportResult } from '../../scripts/cli/archive/import-logs.ts';

const services = ['orders', 'shipping'];
const durable = {
  stream: 'orders',
  durable: 'shipping',
  entityTypes: [],
  from: 'now',
  maxAckPending: 10,
  ackWaitMs: 30_000,
} as const;
const orders: ServiceTopology = { service: 'orders', durables: [], schedules: false };
const shipping: ServiceTopology = { service: 'shipping', durables: [durable], schedules: false };
const quiet = { onProgress: () => {} };

async function bare() {
  const broker = await testBroker(inject('natsServerBin'));
  onTestFinished(() => broker.close());
  const connection = await connectBroker({ url: broker.url, name: 'a test' });
  onTestFinished(() => connection.close());
  const log = jetStreamEventLog(connection, { clock: systemClock });
  const append = async (entityId: string): Promise<void> => {
    const event = {
      id: entityId,
      type: 'X',
      version: 1,
      cause: 'c',
      reaction: 'r',
      correlation: 'o',
      data: {},
    };
    const entity = { service: 'orders', entityType: 'order', entityId };
    await log.append(newCommit({ entity, expected: 0, events: [event] }));
  };
  return { connection, append };
}

/** Two orders of last year, and shipping that began after them. */
async function lastYear() {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-breaker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'shop.ndjson');
  const old = await bare();
  await reconcile(old.connection, brokerPlan([orders]));
  await old.append('last-year-1');
  await old.append('last-year-2');
  const { platformId } = await reconcile(old.connection, brokerPlan([orders, shipping]));
  await old.append('today');
  const copies = jetStreamCopies(old.connection);
  await exportLogs({ copies, platformId, services, without: [], kept: [], file, ...quiet });
  return { old, file };
}

/** By then all of it is heard from its beginning. */
const plan = brokerPlan([orders, { ...shipping, durables: [{ ...durable, from: 'beginning' }] }]);

async function fill(
  file: string,
  { connection }: Awaited<ReturnType<typeof bare>>,
  { copies = jetStreamCopies(connection), asked = plan }: { copies?: Copies; asked?: BrokerPlan } = {},
): Promise<ImportResult> {
  const archive = await checkArchive(file, services, () => {});
  return await importArchive({ archive, connection, plan: asked, copiesOf: async () => copies, ...quiet });
}

test("who hears from 'now' does not hear all of an imported log: it is refused", async () => {
  const { file } = await lastYear();
  const target = await bare();
  await expect(fill(file, target, { asked: brokerPlan([orders, shipping]) })).rejects.toThrow(
    "shipping hears from 'now' on",
  );
});

test('an import that is gone on with refuses a log that somebody has written to meanwhile', async () => {
  const { file } = await lastYear();
  const target = await bare();
  const whole = jetStreamCopies(target.connection);
  const write: Copies['write'] = async (messages) => {
    await whole.write(messages);
    throw new Error('killed');
  };
  await expect(fill(file, target, { copies: { ...whole, write } })).rejects.toThrow('RF_IMPORT_BROKEN_OFF');
  await target.append('of-nobody'); // of a process that had started before
  await expect(fill(file, target)).rejects.toThrow('the log of orders ends at');
});

test('who begins to hear while an import looks who does is found out, and nothing is written', async () => {
  const { file } = await lastYear();
  const target = await bare();
  await reconcile(target.connection, plan);
  const archive = await checkArchive(file, services, () => {});
  const log = jetStreamEventLog(target.connection, { clock: systemClock });
  const reader = { service: 'orders', durable: 'shipping' };
  let begun: Promise<{ stop: () => Promise<void> }> | undefined;
  // It subscribes right after the import has looked the first time, when it goes on to its mark.
  const watched = Object.defineProperty({ ...plan }, 'streams', {
    enumerable: true,
    get: () => {
      if (!/placeFor|whoHears|inspectBroker/.test(new Error('who asks').stack ?? ''))
        begun ??= log.subscribe(reader, { maxInFlight: 1 }, async () => {});
      return plan.streams;
    },
  });
  const copiesOf = async (): Promise<Copies> => ({
    ...jetStreamCopies(target.connection),
    write: async () => expect.unreachable('something was written'),
  });
  const { connection } = target;
  await expect(importArchive({ archive, connection, plan: watched, copiesOf, ...quiet })).rejects.toThrow(
    'services run there, and wait for the deliveries of shipping',
  );
  await (await begun)?.stop();
});

test('killed before its mark, an import leaves no platform that bears the id of another', async () => {
  const { old, file } = await lastYear();
  const target = await bare();
  await reconcile(target.connection, plan);
  const archive = await checkArchive(file, services, () => {});
  // Dies at the first thing that it does after it has looked and taken the id over.
  const dying = Object.defineProperty({ ...plan }, 'streams', {
    enumerable: true,
    get: () => {
      const stack = new Error('killed').stack ?? '';
      if (/placeFor|inspectBroker|adoptPlatform/.test(stack)) return plan.streams;
      throw new Error('killed');
    },
  });
  const { connection } = target;
  const copiesOf = async (): Promise<Copies> => jetStreamCopies(connection);
  const parts = { archive, connection, plan: dying, copiesOf, ...quiet };
  await expect(importArchive(parts)).rejects.toThrow('killed');
  // `refrain up` now starts an empty shop: nothing is marked, and its ids are those of the first platform.
  expect(await isPlatformHeld(jetStreamRecovering(connection).bucket)).toBe(false);
  expect(await platformIdOf(connection, 'orders')).not.toBe(await platformIdOf(old.connection, 'orders'));
});
