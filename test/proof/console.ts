import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from '../console/browser.ts';
import {
  growthMbMax,
  type Responsiveness,
  responsivenessLine,
  stallMsMax,
  watchResponsiveness,
} from '../console/responsiveness.ts';
import { pageThere } from '../console/steps.ts';
import { startShop } from '../support/shop.ts';
import { type ShopDoors, shopDoors } from '../support/shop-doors.ts';

const orders = 10_000;
const atOnce = 20;
/** An order of this shop is some fourteen events, so this is a hundred of them a second. */
const ordersPerS = 7;
const settleMsMax = 15 * 60_000;

interface Report extends Responsiveness {
  readonly placed: number;
}

/** @throws where one of them does not end: a proof that waits for ever says nothing. */
async function ended(doors: ShopDoors, orderIds: readonly string[]): Promise<void> {
  const giveUpAt = performance.now() + settleMsMax;
  for (const orderId of orderIds)
    for (;;) {
      const { status } = await doors.find(orderId);
      if (status === 'completed' || status === 'cancelled') break;
      if (performance.now() > giveUpAt) throw new Error(`${orderId} is ${status} after ${settleMsMax} ms.`);
      await sleep(200);
    }
}

/** The long version of `test/console/responsive.load.test.ts`, at a real shop; `MINUTES`, 10 by default. */
export async function consolePage(
  say: (text: string) => void,
): Promise<{ report: Report | { missing: string }; ok: boolean }> {
  if (missing !== undefined) {
    say(missing);
    return { report: { missing }, ok: false };
  }
  const minutes = Number(process.env['MINUTES'] ?? 10);
  const shop = await startShop('--fresh');
  try {
    const doors = shopDoors(shop);
    const url = `http://127.0.0.1:${shop.portBase}`;
    await pageThere(url);
    say(`placing ${orders} orders`);
    const ids: string[] = [];
    let left = orders;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (left-- > 0) ids.push(await doors.place());
      }),
    );
    // What is to be seen is a hundred events a second, not how a shop of nine processes catches up.
    say('waiting until they are settled');
    await ended(doors, ids);
    let placed = orders;
    say(`a page is open for ${minutes} min, with ${ordersPerS} more orders a second`);
    const over = new AbortController();
    const steady = async (): Promise<void> => {
      while (!over.signal.aborted) {
        placed += 1;
        void doors.place().catch((error: unknown) => say(`an order was not placed: ${String(error)}`));
        await sleep(1_000 / ordersPerS);
      }
    };
    const going = steady();
    const seen = await watchResponsiveness(url, minutes * 60);
    over.abort();
    await going;
    const { stalls, heapMb, complaints } = seen;
    say(`${placed} orders; ${responsivenessLine(seen)}`);
    for (const complaint of complaints) say(`  BROKEN  ${complaint}`);
    const ok =
      complaints.length === 0 && (stalls[0]?.ms ?? 0) <= stallMsMax && heapMb.end - heapMb.warm < growthMbMax;
    return { report: { ...seen, placed }, ok };
  } finally {
    await shop.stop();
  }
}
