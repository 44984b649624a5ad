import { type ServiceDefinition, topologyOf } from '@refrain/runtime';
import { inventoryService } from '../../services/inventory/service.ts';
import { fakeMailServer } from '../../services/notifications/gateway.fake.ts';
import { notificationsService } from '../../services/notifications/service.ts';
import { ordersService } from '../../services/orders/service.ts';
import { fakeProvider } from '../../services/payments/gateway.fake.ts';
import { paymentsService } from '../../services/payments/service.ts';

const DEADLINE_MS = 15 * 60 * 1_000;

/** The shop's own four services; the world outside answers at once and in the process. */
export const benchServices: Readonly<Record<string, () => ServiceDefinition>> = {
  orders: () => ordersService({ deadlineMs: DEADLINE_MS }),
  payments: () => paymentsService({ gateway: fakeProvider() }),
  inventory: () => inventoryService(),
  notifications: () => notificationsService({ gateway: fakeMailServer() }),
};

export const benchTopologies = () => Object.values(benchServices).map((define) => topologyOf(define()));
