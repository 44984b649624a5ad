import { streamOf } from '@refrain/event-log';
import { scheduleStreamOf } from '@refrain/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { shopServices } from '../support/shop-streams.ts';

// Traps that others fell into. What each of these says of the broker is where it went wrong.
let shop: JetStreamShop;
beforeAll(async () => {
  shop = await JetStreamShop.open();
});
afterAll(() => shop.close());

const streams = [
  ...shopServices.map(streamOf),
  ...(['payments', 'notifications'] as const).map(scheduleStreamOf),
];

test('slow effects do not run twice: no durable has a backoff, whose first entry would replace the ack wait', async () => {
  const durables = await Promise.all(streams.map((name) => shop.manager.consumers.list(name).next()));
  const configs = durables.flat().map(({ config }) => config);
  expect(configs.length).toBeGreaterThanOrEqual(10);
  const wrong = configs.filter(
    ({ backoff, ack_wait: ackWait = 0 }) => (backoff ?? []).length > 0 || ackWait < 30_000_000_000,
  );
  expect(wrong).toEqual([]);
});

test('nothing is lost at a last delivery: there is none, however often a message was given back', async () => {
  for (const name of streams)
    for (const { config } of await shop.manager.consumers.list(name).next())
      expect(config.max_deliver, `${config.name} on ${name}`).toBe(-1);
});
