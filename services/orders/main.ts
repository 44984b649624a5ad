import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runService, settingOf, systemClock } from '@refrain/process';
import { DEADLINE_S_DEFAULT, deadlineSeconds } from './deadline.ts';
import { ordersDoor } from './http.ts';
import { OrdersReadModel } from './read-model.ts';
import { ordersService } from './service.ts';

let readModel: OrdersReadModel | undefined;

/** A new process has nothing to show before it has read the log. */
async function untilItAnswers(): Promise<void> {
  while (readModel?.isIdle()) await systemClock.sleep(20);
}

const deadlineS = deadlineSeconds.default(DEADLINE_S_DEFAULT);

await runService(
  {
    service: 'orders',
    define: () =>
      ordersService({ deadlineMs: settingOf(process.env, 'ORDER_DEADLINE_S', deadlineS) * 1_000 }),
    door: async (handle, health, { dataDir, instance }) => {
      const folder = join(dataDir, 'read-models');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      readModel = new OrdersReadModel(join(folder, `${instance}.sqlite`));
      handle.follow(readModel);
      return ordersDoor({ handle, readModel, ...health });
    },
    prepare: untilItAnswers,
  },
  process.env,
);
