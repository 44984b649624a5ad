import type { Tracing } from '@refrain/contract-kit';
import type { BrokerPlan } from '@refrain/jetstream';
import type { HostOptions, ServiceDefinition } from '@refrain/runtime';
import { inventoryService } from '@refrain/service-inventory';
import { notificationsService } from '@refrain/service-notifications';
import type { fakeMailServer } from '@refrain/service-notifications/gateway.fake';
import type { MailGateway } from '@refrain/service-notifications/gateway';
import { ordersService } from '@refrain/service-orders';
import { paymentsService } from '@refrain/service-payments';
import type { fakeProvider } from '@refrain/service-payments/gateway.fake';
import type { PaymentProvider } from '@refrain/service-payments/gateway';
import type { NatsConnection } from 'nats';
import type { ShopService } from './shop-streams.ts';

export interface JetStreamShopOptions {
  /** Default: a server of its own. */
  broker?: { url: string; stop: () => Promise<void> };
  /** Whether services note floors and hear of recoveries. Default: they do not. */
  recovering?: boolean;
  duplicateWindowMs?: number;
  /** Fills the broker before anything is made on it. The shop is then opened without being started. */
  fill?: (connection: NatsConnection, plan: BrokerPlan) => Promise<void>;
  host?: Partial<HostOptions>;
  /** Where the spans of a service go; default: nowhere. */
  tracing?: (service: ShopService) => Tracing;
  /** What payments calls; default: the fake as it is. */
  provider?: (fake: PaymentProvider) => PaymentProvider;
  post?: (fake: MailGateway) => MailGateway;
  /** Another build of a service: what a test plants in it, or mends. */
  build?: (service: ShopService, definition: ServiceDefinition) => ServiceDefinition;
}

/** What is outside of the shop, in memory. */
interface World {
  readonly provider: ReturnType<typeof fakeProvider>;
  readonly mailServer: ReturnType<typeof fakeMailServer>;
}

/** A service of the shop that calls this world. */
export function shopService(
  service: ShopService,
  world: World,
  { provider = (fake) => fake, post = (fake) => fake }: JetStreamShopOptions,
): ServiceDefinition {
  if (service === 'orders') return ordersService({ deadlineMs: 900_000 });
  if (service === 'payments') return paymentsService({ gateway: provider(world.provider) });
  if (service === 'inventory') return inventoryService();
  return notificationsService({ gateway: post(world.mailServer) });
}
