import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveBegin, newCommit, type ServiceTopology } from '@refrain/event-log';
import { jetStreamEventLog } from '@refrain/jetstream';
import { expect, test } from 'vitest';
import { asAdmin, clock } from '../as-admin.ts';
import { planOf } from '../guests/broker-users.ts';
import { guest } from '../guests/guest.fixture.ts';
import { allTopologies } from '../guests/guest-list.ts';
import { shopOf } from '../guests/shop.fixture.ts';
import { refrain } from '../refrain.fixture.ts';
import { findShop } from '../shop-at.ts';
import { reconcileBroker } from '../supervisor/broker.ts';

type Shop = Awaited<ReturnType<typeof shopOf>>;

const event = { id: 'e', type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} };

/** As many commits as it says, in the log of a service. */
const record = async ({ env }: Shop, service: string, entityIds: readonly string[]): Promise<void> =>
  await asAdmin(findShop(env), async ({ connection }) => {
    const log = jetStreamEventLog(connection, { clock });
    for (const entityId of entityIds) {
      const entity = { service, entityType: 'thing', entityId };
      await log.append(newCommit({ entity, expected: 0, events: [{ ...event, id: entityId }] }));
    }
  });

/** A service that the checkout had, and has no more: what it had made at the broker is there. */
async function shopWithout(...gone: readonly ServiceTopology[]): Promise<Shop> {
  const shop = await shopOf();
  const at = findShop(shop.env);
  await reconcileBroker(at, planOf([...allTopologies(shop.dataFolder), ...gone], at));
  return shop;
}

const giftCards: ServiceTopology = { service: 'gift-cards', durables: [], schedules: true };
const fileIn = ({ dataFolder }: Shop, name = 'shop.ndjson'): string => join(dataFolder, name);

test('an export names the log of a service that was taken out of the checkout, and says that it is not whole', async () => {
  const shop = await shopWithout(giftCards);
  await record(shop, 'gift-cards', ['a', 'b']);
  const { code, out, err } = await refrain(['export', fileIn(shop)], shop.env);
  expect({ code, lines: out.split('\n').length }).toEqual({ code: 1, lines: 3 });
  expect(err).toContain('Left out: EVENTS_GIFT_CARDS, 2 commits: no service of this checkout, and no guest');
  const { out: document } = await refrain(['export', fileIn(shop, 'again.ndjson'), '--json'], shop.env);
  expect(JSON.parse(document)).toMatchObject({
    file: fileIn(shop, 'again.ndjson'),
    leftOut: [{ stream: 'EVENTS_GIFT_CARDS', service: 'gift-cards', commits: 2 }],
  });
});

test('what was asked for with --service is whole without the others, and names them all the same', async () => {
  const shop = await shopWithout(giftCards);
  await record(shop, 'gift-cards', ['a']);
  await record(shop, 'payments', ['b']);
  const { code, err } = await refrain(['export', fileIn(shop), '--service', 'orders,inventory'], shop.env);
  expect(code).toBe(0);
  expect(err).toContain('EVENTS_GIFT_CARDS, 1 commit: no service of this checkout, and no guest');
  expect(err).toContain('EVENTS_PAYMENTS, 1 commit: not asked for');
});

test('the log of a guest is named while it is admitted and when it was dismissed', async () => {
  const shop = await shopOf();
  expect(await shop.admit(guest)).toMatchObject({ code: 0 });
  await record(shop, 'invoices', ['a']);
  const admitted = await refrain(['export', fileIn(shop)], shop.env);
  expect(admitted.code).toBe(1);
  expect(admitted.err).toContain('Left out: EVENTS_INVOICES, 1 commit: a guest');
  expect(admitted.err).toContain('no platform imports it');

  expect(await refrain(['guests', 'dismiss', 'invoices'], shop.env)).toMatchObject({ code: 0 });
  const dismissed = await refrain(['export', fileIn(shop, 'then.ndjson')], shop.env);
  expect(dismissed.code).toBe(1);
  expect(dismissed.err).toContain('EVENTS_INVOICES, 1 commit: no service of this checkout, and no guest');
  // No log can be deleted: such a file has to be one that is imported, or the shop could never move again.
  const [begin = ''] = readFileSync(fileIn(shop, 'then.ndjson'), 'utf8').split('\n');
  expect((JSON.parse(begin) as { data: ArchiveBegin }).data.without).toEqual([]);
});

test('doctor tells of a log that nobody owns, which is no finding', async () => {
  const shop = await shopWithout(giftCards);
  await record(shop, 'gift-cards', ['a']);
  const { out } = await refrain(['doctor', '--json'], shop.env);
  const { notes, findings } = JSON.parse(out) as Record<'notes' | 'findings', { about: string }[]>;
  expect(notes).toContainEqual(
    expect.objectContaining({ check: 'streams', about: 'stream EVENTS_GIFT_CARDS' }),
  );
  expect(findings.map(({ about }) => about)).not.toContain('stream EVENTS_GIFT_CARDS');
});
