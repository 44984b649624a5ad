import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newCommit, streamOf } from '@refrain/event-log';
import { brokerPlan, connectBroker, reconcile } from '@refrain/jetstream';
import { jetstream } from '@nats-io/jetstream';
import { headers } from 'nats';
import { describe, expect, onTestFinished, test } from 'vitest';
import { shopTopology } from '../../scripts/cli/supervisor/shop-topology.ts';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { shopServices } from '../support/shop-streams.ts';
import { root } from '../tidy/tree.ts';
import { type Release, readRelease, releases } from './release.ts';

/** Alarms are made again from the log; what is stored of them is no one's to read. */
const isKept = ({ stream }: { stream: string }): boolean => !stream.startsWith('SCHEDULES_');
const expectedHeader = 'Nats-Expected-Last-Subject-Sequence';

/** A broker with what the release stored, as it stood there. */
async function restore({ about, messages }: Release): Promise<TestNats> {
  const nats = await startNats();
  const nc = await connectBroker({ url: nats.url, name: 'a test' });
  await reconcile(nc, brokerPlan(shopTopology(), { platformId: about.platformId }));
  const js = jetstream(nc);
  for (const { stream, subject, seq, headers: kept, body } of messages.filter(isKept)) {
    const h = headers();
    for (const [name, value] of Object.entries(kept)) if (name !== expectedHeader) h.set(name, value);
    const ack = await js.publish(subject, body, { headers: h });
    if (stream.startsWith('EVENTS_') && ack.seq !== seq)
      throw new Error(`${stream}: ${seq} is now ${ack.seq}`);
  }
  await nc.close();
  return nats;
}

/** What `GET /orders` says, but for the broker's times, which are those of putting it back. */
const settled = (shown: string): unknown[] =>
  (JSON.parse(shown) as object[]).map((order) => ({ ...order, settledAt: undefined }));

test('the data of this version is kept, so that later ones can be tried on it', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(releases()).toContain(join(version, 'about.json'));
});

describe.each(releases())('%s', (path) => {
  const release = readRelease(path);
  const { about, messages } = release;

  test('is opened: what it says is read, nothing is done again, and it goes on', {
    timeout: 60_000,
  }, async () => {
    const nats = await restore(release);
    const shop = await JetStreamShop.open({ broker: nats, recovering: true });
    onTestFinished(() => shop.close());
    await shop.heardAll();
    // Every entity is folded by the deciders of today.
    expect(Object.keys(await shop.states()).length).toBeGreaterThan(20);
    expect(settled(await shop.shown())).toEqual(settled(JSON.stringify(about.orders)));
    const { items } = await shop.desk('notifications').operations({ limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(about.waiting);
    // A client that repeats its request of then is answered as it was then.
    expect(await shop.place({}, about.clientKey)).toBe(about.orderId);
    await shop.heardAll();
    for (const service of shopServices.filter((name) => name !== 'inventory')) {
      const stored = messages.filter(({ stream }) => stream === streamOf(service));
      expect(await shop.commits(service)).toHaveLength(stored.length);
    }
    expect(shop.provider.calls).toEqual([]);
    const fresh = await shop.place();
    await expect
      .poll(() => shop.shown(), { timeout: 10_000 })
      .toMatch(new RegExp(`"${fresh}","status":"completed"`));
  });

  test('today the same decisions have the same commit ids', async () => {
    const nats = await restore(release);
    const shop = await JetStreamShop.open({ broker: nats });
    onTestFinished(() => shop.close());
    for (const service of shopServices) {
      const stored = messages.filter(({ stream }) => stream === streamOf(service));
      const commits = (await shop.commits(service)).slice(0, stored.length);
      const ids = commits.map((commit, i) => {
        const expected = Number(stored[i]?.headers[expectedHeader] ?? 0);
        return newCommit({ entity: commit.entity, expected, ...commit.body() }).id;
      });
      expect(ids).toEqual(stored.map(({ headers: kept }) => kept['Nats-Msg-Id']));
    }
  });
});
