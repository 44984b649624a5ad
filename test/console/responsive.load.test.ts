import { describe, expect, test } from 'vitest';
import { builtPage } from '../../scripts/console/page.ts';
import { missing } from './browser.ts';
import { growthMbMax, responsivenessLine, stallMsMax, watchResponsiveness } from './responsiveness.ts';
import { startStandIn } from './stand-in.ts';

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(missing !== undefined)(missing ?? 'the page under load', () => {
  test('with 10,000 orders and 100 events a second it answers at once, and does not grow', {
    timeout: 150_000,
  }, async () => {
    const shop = await startStandIn({ page: await builtPage(), orders: 10_000, eventsPerS: 100 });
    try {
      const seen = await watchResponsiveness(shop.url, 60);
      const { stalls, heapMb, complaints } = seen;
      console.log(responsivenessLine(seen));
      expect(complaints).toEqual([]);
      expect(stalls.filter(({ ms }) => ms > stallMsMax)).toEqual([]);
      expect(heapMb.end - heapMb.warm).toBeLessThan(growthMbMax);
    } finally {
      await shop.stop();
    }
  });
});
