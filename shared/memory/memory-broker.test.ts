import { type Delivery, newCommit } from '@refrain/event-log';
import { suiteTopology } from '@refrain/testing';
import { expect, test } from 'vitest';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryClient } from './memory-client.ts';
import { VirtualClock } from './virtual-clock.ts';

const event = {
  id: 'noted',
  type: 'TicketNoted',
  version: 1,
  cause: 'event:why',
  reaction: 'note',
  correlation: 'flow',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: {},
};
const entity = { service: 'suite', entityType: 'ticket', entityId: 'a' };

/** Whether each delivery of one commit said that it came again; the first was out for so long at the kill. */
async function toldAfter(outMs: number, kill: (broker: MemoryBroker) => Promise<void>): Promise<boolean[]> {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, chance: () => 0, latencyMs: 0 });
  broker.declare([suiteTopology('suite')]);
  const { log } = new MemoryClient(broker);
  const stop = clock.autorun();
  const told: boolean[] = [];
  const keep = async ({ redelivered }: Delivery): Promise<void> => void told.push(redelivered);
  await log.subscribe({ service: 'suite', durable: 'reader' }, { maxInFlight: 1 }, keep);
  await log.append(newCommit({ entity, expected: 0, events: [event] }));
  await clock.sleep(outMs);
  await kill(broker);
  await clock.sleep(100);
  stop();
  return told;
}

const twice = async (broker: MemoryBroker): Promise<void> => {
  broker.goDown(1_000);
  await broker.clock.sleep(500);
  broker.goDown(1_000);
  await broker.clock.sleep(1_000);
};

test('a broker that dies again before it is back knows no more than when it died first', async () => {
  expect(await toldAfter(50, twice)).toEqual([false, false]);
  expect(await toldAfter(300, twice)).toEqual([false, true]);
});
