import { cause, orderIdOf, requestHashOf } from '@refrain/contract-kit';
import { inventoryService } from '@refrain/service-inventory';
import { receipt } from '@refrain/service-inventory/receipt';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { order } from '@refrain/service-orders/order';
import { paymentsService } from '@refrain/service-payments';
import { type Faults, type Instance, World } from '@refrain/simulation';
import type { ServiceDefinition } from '@refrain/runtime';
import { type Audit, auditShop, type ShopRecords } from 'refrain/audit';
import { noFaults, type ProviderFaults, ProviderWorld } from './provider-world.ts';
import { ordersShown, stockShown } from './shown.ts';

export const SERVICES = ['orders', 'payments', 'inventory', 'notifications'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface ShopRunOptions {
  readonly seed: number;
  readonly instances?: number;
  readonly faults?: Faults;
  readonly provider?: Partial<ProviderFaults>;
  readonly deadlineMs?: number;
}

/**
 * The whole shop in one process: the real services on the in-memory log, with a provider that outlives them.
 */
export class ShopRun {
  readonly world: World;
  readonly provider: ProviderWorld;
  readonly #deadlineMs: number;
  readonly #instances = new Map<string, Instance>();
  #kills = 0;
  #seen = { commits: -1, orders: -1, settled: false };

  constructor({ seed, instances = 2, faults = {}, provider = {}, deadlineMs = 900_000 }: ShopRunOptions) {
    this.world = new World({ seed, ...faults });
    this.provider = new ProviderWorld(this.world, { ...noFaults, ...provider });
    this.#deadlineMs = deadlineMs;
    this.world.declare(SERVICES.map((name) => this.#define(name, () => true)));
    for (const name of SERVICES) for (let i = 1; i <= instances; i++) this.start(name, i);
  }

  #define(name: ServiceName, alive: () => boolean): ServiceDefinition {
    if (name === 'orders') return ordersService({ deadlineMs: this.#deadlineMs });
    if (name === 'payments') return paymentsService({ gateway: this.provider.payments(alive) });
    if (name === 'inventory') return inventoryService();
    return notificationsService({ gateway: this.provider.post(alive) });
  }

  start(name: ServiceName, i: number): void {
    this.#instances.set(
      `${name}-${i}`,
      this.world.start(`${name}-${i}`, ({ alive }) => this.#define(name, alive)),
    );
  }

  /** Kills one process and starts it again after `pauseMs`. */
  crash(name: ServiceName, i: number, pauseMs: number): void {
    const instance = this.#instances.get(`${name}-${i}`);
    if (!instance?.alive) return; // it is on its way back already
    instance.kill();
    this.#kills++;
    this.world.clock.at(this.world.clock.now() + pauseMs, () => this.start(name, i));
  }

  get instances(): string[] {
    return [...this.#instances.keys()];
  }

  async #execute(service: ServiceName, ...args: Parameters<Instance['host']['execute']>): Promise<void> {
    // A client repeats its request under the same key until it is answered, to whichever process lives.
    for (;;) {
      const alive = [...this.#instances.values()].filter((i) => i.name.startsWith(service) && i.alive);
      const instance = alive[Math.floor(this.world.chance() * alive.length)];
      const answer = instance?.host.execute(...args).then(
        () => true,
        () => false,
      );
      const waited = this.world.clock.sleep(5_000).then(() => false);
      if (answer && (await Promise.race([answer, waited]))) return;
      if (!answer) await waited;
    }
  }

  async stock(sku: string, quantity: number): Promise<void> {
    const receiptId = `opening-${sku}`;
    await this.#execute('inventory', receipt.request({ receiptId, sku, quantity }), {
      cause: cause.request('shop', receiptId),
      correlation: receiptId,
    });
  }

  /** Places an order as the shop's door does; the same key gives the same order. */
  async place(
    key: string,
    lines: readonly { sku: string; quantity: number }[],
    paymentMethod = 'pm_card_visa',
  ): Promise<string> {
    const orderId = orderIdOf({ platformId: 'simulation', client: 'shop', idempotencyKey: key });
    const priced = lines.map((line) => ({ ...line, unitPrice: { minor: 250, currency: 'EUR' as const } }));
    const minor = priced.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.minor, 0);
    const body = { customer: { email: `${key}@example.com` }, lines: priced, paymentMethod };
    const placing = {
      ...body,
      orderId,
      total: { minor, currency: 'EUR' as const },
      requestHash: requestHashOf(body),
    };
    await this.#execute('orders', order.place(placing), {
      cause: cause.request('shop', key),
      correlation: orderId,
    });
    return orderId;
  }

  async cancel(orderId: string): Promise<void> {
    await this.#execute('orders', order.cancel({ orderId, reason: 'requested' }), {
      cause: cause.request('shop', `cancel-${orderId}`),
      correlation: orderId,
    });
  }

  /** Everything that an audit of the running shop reads, and what its doors would show. */
  records(): ShopRecords {
    const streams = Object.fromEntries(SERVICES.map((s) => [s, this.world.broker.commitsOf(s)]));
    const { ledger, mails, calls, mailCalls } = this.provider;
    const views = {
      orderViews: ordersShown(this.world.broker.commitsOf('orders')),
      stockViews: stockShown(this.world.broker.commitsOf('inventory')),
    };
    return { streams, ledger, mails, calls, mailCalls, kills: this.#kills, ...views };
  }

  audit(): Audit {
    return auditShop(this.records());
  }

  #count(service: ServiceName, ...types: string[]): number {
    const wanted = new Set(types);
    let count = 0;
    for (const { types: found } of this.world.broker.commitsOf(service))
      for (const text of found) if (wanted.has(text.slice(0, text.lastIndexOf('.')))) count++;
    return count;
  }

  isSettled(orders: number): boolean {
    const commits = this.commits();
    // Asked at every moment: looked at only when something was stored.
    if (commits === this.#seen.commits && orders === this.#seen.orders) return this.#seen.settled;
    const settled =
      this.#count('orders', 'OrderPlaced') === orders &&
      this.#count('orders', 'OrderCompleted', 'OrderCancelled') === orders &&
      this.#count('notifications', 'MailSent', 'MailUnresolved') === orders;
    this.#seen = { commits, orders, settled };
    return settled;
  }

  /** Everything that is stored, as text: two runs of one seed are compared by it. */
  dump(): string {
    return SERVICES.flatMap((s) =>
      this.world.broker.commitsOf(s).map((c) => JSON.stringify([s, c.seq, c.id, c.at, c.body()])),
    ).join('\n');
  }

  commits(): number {
    return SERVICES.reduce((sum, s) => sum + this.world.broker.commitsOf(s).length, 0);
  }
}
