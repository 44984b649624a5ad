import type { ServiceTopology } from '@refrain/event-log';
import { type ServiceDefinition, topologyOf } from '@refrain/runtime';
import { inventoryService } from '@refrain/service-inventory';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { paymentsService } from '@refrain/service-payments';

/** Nobody is called here: a topology follows from what a service hears and does, not from whom it calls. */
const nobody = new Proxy({}, { get: () => () => Promise.reject(new Error('the topology calls nobody')) });

/** Every service of the shop as a value, for those who only read it. */
export const shopDefinitions = (): ServiceDefinition[] => [
  ordersService({ deadlineMs: 1 }),
  paymentsService({ gateway: nobody as Parameters<typeof paymentsService>[0]['gateway'] }),
  inventoryService(),
  notificationsService({ gateway: nobody as Parameters<typeof notificationsService>[0]['gateway'] }),
];

/**
 * What every service of the shop needs of the broker, whether or not it runs now: a stream outlives its
 * service.
 */
export const shopTopology = (): ServiceTopology[] => shopDefinitions().map(topologyOf);
