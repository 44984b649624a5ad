import type { Reaction, ServiceDefinition } from '@refrain/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JetStreamShop } from '../support/jetstream-shop.ts';

const said = { by: 'ada', host: 'here', why: 'the build is mended' };

let isPlanted: boolean;
/** A build of payments that cannot decide what a cancelled order asks of it. */
const planted = (service: string, definition: ServiceDefinition): ServiceDefinition => {
  if (service !== 'payments') return definition;
  const throws = (reaction: Reaction): Reaction => ({
    ...reaction,
    toCommand: (data) => {
      if (isPlanted && reaction.name === 'give the money back')
        throw new Error('Cannot read properties of 12');
      return reaction.toCommand(data);
    },
  });
  return { ...definition, reactions: definition.reactions.map(throws) };
};

let shop: JetStreamShop;
beforeEach(async () => {
  isPlanted = true;
  shop = await JetStreamShop.open({ build: planted });
});
afterEach(() => shop.close());

const letters = async (): Promise<number> => (await shop.desk('payments').deadLetters()).items.length;

/** Orders whose stock is refused, so that what was charged has to go back. */
async function withLetters(orders: number): Promise<void> {
  for (let i = 0; i < orders; i++) await shop.place({ lines: [{ sku: 'rare-001', quantity: 1 }] });
  await expect.poll(letters, { timeout: 20_000 }).toBe(orders);
}

test('dead letters outlive the build that made them, and the mended one decides them once', {
  timeout: 60_000,
}, async () => {
  await withLetters(3);
  await shop.stop();
  shop.start();
  const desk = shop.desk('payments');
  expect(await letters()).toBe(3); // from the log alone
  const all = { ...said, all: true };
  expect(await desk.redrive({ ...all, dryRun: true })).toMatchObject({ succeeded: 0, failed: 3 });
  await shop.stop();
  isPlanted = false;
  shop.start();
  const mended = shop.desk('payments');
  expect(await mended.redrive({ ...all, dryRun: true })).toMatchObject({ succeeded: 3, failed: 0 });
  expect(await letters()).toBe(3);
  const both = [mended.redrive(all), mended.redrive({ ...all, by: 'bob' })];
  const reports = await Promise.all(both);
  expect(reports.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(3);
  await shop.settled(3);
  expect(await letters()).toBe(0);
  const kept = shop.provider.ledger.reduce(
    (sum, { kind, minor }) => sum + (kind === 'charge' ? minor : -minor),
    0,
  );
  expect(kept).toBe(0);
});
