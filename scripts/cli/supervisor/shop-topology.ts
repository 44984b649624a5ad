import type { ServiceTopology } from '@refrain/event-log';
import { topologyOf } from '@refrain/runtime';
import { inventoryService } from '@refrain/service-inventory';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { paymentsService } from '@refrain/service-payments';

/** What a service needs of the broker follows from its definition, in which no gateway is ever called. */
const nobody = {} as never;

/**
 * What every service of the shop needs of the broker, whether or not it runs now: a stream outlives its
 * service.
 */
export const shopTopology = (): ServiceTopology[] =>
  [
    ordersService({ deadlineMs: 1 }),
    paymentsService({ gateway: nobody }),
    inventoryService(),
    notificationsService({ gateway: nobody }),
  ].map(topologyOf);
