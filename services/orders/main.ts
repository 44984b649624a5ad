import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runService, settingOf } from '@refrain/process';
import { z } from 'zod';
import { ordersDoor } from './http.ts';
import { OrdersReadModel } from './read-model.ts';
import { ordersService } from './service.ts';

/** How long an order may take before it is cancelled, in seconds: up to a day. */
const deadlineS = z.coerce.number('expected seconds').positive().max(86_400).default(900);

await runService(
  {
    service: 'orders',
    define: () =>
      ordersService({ deadlineMs: settingOf(process.env, 'ORDER_DEADLINE_S', deadlineS) * 1_000 }),
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
