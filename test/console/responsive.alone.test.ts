import { describe, expect, test } from 'vitest';
import { builtPage } from '../../scripts/console/page.ts';
import { missing } from './browser.ts';
import { growthMbMax, stallMsMax, watchResponsiveness } from './responsiveness.ts';
import { startStandIn } from './stand-in.ts';

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(missing !== undefined)(missing ?? 'the page under load', () => {
  test('with 10,000 orders and 100 events a second it answers at once, and does not grow', {
    timeout: 150_000,
  }, async () => {
    const shop = await startStandIn({ page: await builtPage(), orders: 10_000, eventsPerS: 100 });
    try {
      const { longMs, heapMb, complaints } = await watchResponsiveness(shop.url, 60);
      console.log(
        `longest stalls ${longMs.slice(0, 5).join(', ') || 'none'} ms; heap ${heapMb.warm} -> ${heapMb.end} MB`,
      );
      expect(complaints).toEqual([]);
      expect(longMs.filter((ms) => ms > stallMsMax)).toEqual([]);
      expect(heapMb.end - heapMb.warm).toBeLessThan(growthMbMax);
    } finally {
      await shop.stop();
    }
  });
});
