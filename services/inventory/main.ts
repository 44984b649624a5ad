import { runService, systemClock } from '@refrain/process';
import type { ServiceHandle } from '@refrain/runtime';
import { inventoryDoor } from './http.ts';
import { hasOpeningStock, requestOpeningStock } from './opening-stock.ts';
import { inventoryService } from './service.ts';

/** A fresh shop sells nothing before its shelves are filled. */
async function fillShelves(handle: ServiceHandle): Promise<void> {
  if (await hasOpeningStock(handle)) return;
  await requestOpeningStock(handle);
  while (!(await hasOpeningStock(handle))) await systemClock.sleep(20);
}

await runService(
  {
    service: 'inventory',
    define: () => inventoryService(),
    door: async (handle, health) => inventoryDoor({ handle, ...health }),
    prepare: fillShelves,
  },
  process.env,
);
