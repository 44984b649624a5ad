import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runService } from '@refrain/process';
import { ordersDoor } from './http.ts';
import { OrdersReadModel } from './read-model.ts';
import { ordersService } from './service.ts';

/** How long an order may take before it is cancelled, in seconds. */
const deadlineS = Number(process.env['ORDER_DEADLINE_S'] ?? 900);

await runService(
  {
    service: 'orders',
    define: () => ordersService({ deadlineMs: deadlineS * 1_000 }),
    door: async (handle, { isReady, onDefect }, { dataDir, instance }) => {
      const folder = join(dataDir, 'read-models');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const readModel = new OrdersReadModel(join(folder, `${instance}.sqlite`));
      handle.follow(readModel);
      return ordersDoor({ handle, readModel, isReady, onDefect });
    },
  },
  process.env,
);
