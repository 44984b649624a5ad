import { cause, noTracing, type Tracing } from '@refrain/contract-kit';
import { type Commit, nameOf, streamOf } from '@refrain/event-log';
import {
  brokerPlan,
  connectBroker,
  jetStreamEventLog,
  jetStreamRecovering,
  jetStreamSchedules,
  jetStreamSnapshots,
  reconcile,
  scheduleStreamOf,
  snapshotKeys,
} from '@refrain/jetstream';
import { systemChance, systemClock } from '@refrain/process';
import {
  type Desk,
  type HostOptions,
  noMetrics,
  type ServiceDefinition,
  ServiceHost,
  silentLog,
  topologyOf,
} from '@refrain/runtime';
import { receipt } from '@refrain/service-inventory/receipt';
import { fakeMailServer } from '@refrain/service-notifications/gateway.fake';
import { ordersDoor } from '@refrain/service-orders/http';
import { OrdersReadModel } from '@refrain/service-orders/read-model';
import { fakeProvider } from '@refrain/service-payments/gateway.fake';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamShopOptions, shopService } from './jetstream-shop-options.ts';
import { startNats } from './nats.ts';
import { type OrderBody, orderBody } from './shop-doors.ts';
import { allCommits, type ShopService, shopServices } from './shop-streams.ts';

interface Running {
  hosts: Record<ShopService, ServiceHost>;
  readModel: OrdersReadModel;
  door: ReturnType<typeof ordersDoor>;
}

const settleMsMax = 25_000;

/**
 * The whole shop in this process, on a nats-server of its own; what is outside is in memory. `stop` forgets
 * all that the services know, `start` begins with what the log says.
 */
export class JetStreamShop {
  readonly provider = fakeProvider();
  readonly mailServer = fakeMailServer();
  readonly manager: JetStreamManager;
  readonly #nc: NatsConnection;
  readonly #endServer: () => Promise<void>;
  readonly #options: JetStreamShopOptions;
  #platformId = '';
  #running: Running | undefined;
  #keys = 0;

  private constructor(
    nc: NatsConnection,
    manager: JetStreamManager,
    endServer: () => Promise<void>,
    options: JetStreamShopOptions,
  ) {
    this.#nc = nc;
    this.manager = manager;
    this.#endServer = endServer;
    this.#options = options;
  }

  static async open(options: JetStreamShopOptions = {}): Promise<JetStreamShop> {
    const nats = options.broker ?? (await startNats());
    const nc = await connectBroker({ url: nats.url, name: 'a test' });
    const manager = await jetstreamManager(nc);
    const shop = new JetStreamShop(nc, manager, nats.stop, options);
    await options.fill?.(nc, brokerPlan(shop.definitions.map(topologyOf)));
    await shop.reconcile();
    if (options.fill) return shop;
    shop.start();
    for (const sku of ['tea-001', 'tea-002']) await shop.receive(sku, 1_000);
    return shop;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#nc.close();
    await this.#endServer();
  }

  #define(service: ShopService): ServiceDefinition {
    const { build = (_, definition) => definition } = this.#options;
    return build(service, shopService(service, this, this.#options));
  }

  #tracing(service: ShopService): Tracing {
    return this.#options.tracing?.(service) ?? noTracing;
  }

  get definitions(): ServiceDefinition[] {
    return shopServices.map((service) => this.#define(service));
  }

  get connection(): NatsConnection {
    return this.#nc;
  }

  get platformId(): string {
    return this.#platformId;
  }

  /** What the admin step of a recovery leans on. */
  get admin() {
    const log = jetStreamEventLog(this.#nc, { clock: systemClock });
    return { log, recovering: jetStreamRecovering(this.#nc), clock: systemClock };
  }

  snapshots(service: string) {
    return { bucket: jetStreamSnapshots(this.#nc, service), keys: () => snapshotKeys(this.#nc, service) };
  }

  /** The admin step. */
  async reconcile(): Promise<void> {
    const { duplicateWindowMs = 120_000 } = this.#options;
    const plan = brokerPlan(this.definitions.map(topologyOf), { duplicateWindowMs });
    this.#platformId = (await reconcile(this.#nc, plan)).platformId;
  }

  start(more: Partial<HostOptions> = {}): void {
    const start = (service: ShopService): ServiceHost => {
      const ports = {
        log: jetStreamEventLog(this.#nc, { clock: systemClock }),
        schedules: jetStreamSchedules(this.#nc),
        clock: systemClock,
        chance: systemChance,
        logger: silentLog,
        tracing: this.#tracing(service),
        metrics: noMetrics,
        governing: undefined,
        recovering: this.#options.recovering ? jetStreamRecovering(this.#nc) : undefined,
        snapshots: jetStreamSnapshots(this.#nc, service),
      };
      const names = { platformId: this.#platformId, instance: service };
      const options = { ...names, ...this.#options.host, ...more };
      const host = new ServiceHost(this.#define(service), ports, options);
      void host.start();
      return host;
    };
    const hosts = {
      orders: start('orders'),
      payments: start('payments'),
      inventory: start('inventory'),
      notifications: start('notifications'),
    };
    const readModel = new OrdersReadModel(':memory:');
    hosts.orders.follow(readModel);
    const tracing = this.#tracing('orders');
    const door = ordersDoor({ handle: hosts.orders, readModel, isReady: () => true, tracing });
    this.#running = { hosts, readModel, door };
  }

  /** Ends the services: every cache and the read model are gone. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    const { hosts, readModel, door } = this.#running;
    this.#running = undefined;
    await door.close();
    await Promise.all(Object.values(hosts).map((host) => host.drain()));
    readModel.close();
  }

  get #now(): Running {
    if (!this.#running) throw new Error('the shop does not run');
    return this.#running;
  }

  /** Where people look at what waits in a service. */
  desk(service: ShopService): Desk {
    return this.#now.hosts[service].desk;
  }

  async receive(sku: string, quantity: number): Promise<void> {
    const receiptId = `opening-${sku}`;
    const origin = { cause: cause.request('shop', receiptId), correlation: receiptId };
    await this.#now.hosts.inventory.execute(receipt.request({ receiptId, sku, quantity }), origin);
  }

  async place(different: Partial<OrderBody> = {}, key = `k${this.#keys++}`): Promise<string> {
    const answer = await this.#now.door.inject({
      method: 'POST',
      url: '/orders',
      headers: { host: 'localhost', 'idempotency-key': key },
      payload: orderBody(different),
    });
    return answer.json<{ orderId: string }>().orderId;
  }

  async cancel(orderId: string): Promise<number> {
    const url = `/orders/${orderId}/cancellation`;
    const headers = { host: 'localhost' };
    return (await this.#now.door.inject({ method: 'POST', url, headers, payload: {} })).statusCode;
  }

  /** What GET /orders shows, as text. */
  async shown(): Promise<string> {
    const headers = { host: 'localhost' };
    return (await this.#now.door.inject({ url: '/orders?limit=1000', headers })).body;
  }

  /**
   * Waits until that many mails are on record as sent, the last that happens to an order, and every order is
   * shown as settled.
   */
  async settled(orders: number): Promise<void> {
    const giveUpAt = performance.now() + settleMsMax;
    const sent = async (): Promise<number> =>
      (await this.commits('notifications')).filter(({ types }) => types.includes('MailSent.1')).length;
    while ((await sent()) < orders) {
      if (performance.now() > giveUpAt) throw new Error(`Only ${await sent()} of ${orders} have settled.`);
      await sleep(50);
    }
    // The read model follows a moment later.
    while (/"status":"(?:placed|cancelling)"/.test(await this.shown())) {
      if (performance.now() > giveUpAt) throw new Error('GET /orders still shows open orders.');
      await sleep(50);
    }
  }

  async commits(service: ShopService): Promise<Commit[]> {
    return await allCommits(jetStreamEventLog(this.#nc, { clock: systemClock }), service);
  }

  /** How many messages the stream of each service holds. */
  async lengths(): Promise<number[]> {
    const infos = shopServices.map((service) => this.manager.streams.info(streamOf(service)));
    return (await Promise.all(infos)).map(({ state }) => state.messages);
  }

  /** Every entity of every service as the running service sees it, by its name. */
  async states(): Promise<Record<string, unknown>> {
    const states: Record<string, unknown> = {};
    for (const service of shopServices)
      for (const { entity } of await this.commits(service)) {
        const name = `${service} ${nameOf(entity)}`;
        states[name] ??= await this.#now.hosts[service].stateOf(entity.entityType, entity.entityId);
      }
    return states;
  }

  /** Forgets where every reader was, so that each hears everything again. */
  async redeliverAll(): Promise<void> {
    for (const { stream, durable } of this.definitions.map(topologyOf).flatMap(({ durables }) => durables))
      await this.manager.consumers.delete(streamOf(stream), durable);
    await this.reconcile();
  }

  /** Waits until every reader, but some, has heard everything there is and settled it. */
  async heardAll(but: readonly string[] = []): Promise<void> {
    const giveUpAt = performance.now() + settleMsMax;
    const all = this.definitions.map(topologyOf).flatMap((topology) => topology.durables);
    const durables = all.filter(({ durable }) => !but.includes(durable));
    const open = async (): Promise<string[]> => {
      const found = durables.map(async ({ stream, durable }) => {
        const info = await this.manager.consumers.info(streamOf(stream), durable);
        // A deadline is held until it is due.
        const out = durable.endsWith('-deadlines') ? 0 : info.num_ack_pending;
        return info.num_pending + out > 0 ? [`${durable} on ${stream}`] : [];
      });
      return (await Promise.all(found)).flat();
    };
    while ((await open()).length > 0) {
      if (performance.now() > giveUpAt) throw new Error(`Not heard all: ${(await open()).join(', ')}.`);
      await sleep(50);
    }
  }

  /** How many alarms a service has set. */
  async alarms(service: 'payments' | 'notifications'): Promise<number> {
    return (await this.manager.streams.info(scheduleStreamOf(service))).state.messages;
  }
}
