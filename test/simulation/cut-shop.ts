import { cause, orderIdOf, requestHashOf } from '@refrain/contract-kit';
import { inventoryService } from '@refrain/service-inventory';
import { receipt } from '@refrain/service-inventory/receipt';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { order } from '@refrain/service-orders/order';
import { paymentsService } from '@refrain/service-payments';
import { type Faults, type Instance, type Process, World } from '@refrain/simulation';
import type { ServiceDefinition } from '@refrain/runtime';
import { type Audit, auditShop } from 'refrain/audit';
import { type Fate, ProviderWorld } from '../../scripts/sim/provider-world.ts';

export const SERVICES = ['orders', 'payments', 'inventory', 'notifications'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface CutShopOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** How often a call meets a fate, until `healProvider`. */
  readonly provider: Readonly<Partial<Record<Fate, number>>>;
  readonly deadlineMs: number;
}

/** Processes of each service. */
const INSTANCES = 2;

/**
 * The whole shop in one process, whose power can go: the real services on the in-memory log, with a provider
 * that outlives them.
 */
export class CutShop {
  readonly world: World;
  readonly provider: ProviderWorld;
  readonly #deadlineMs: number;
  readonly #instances = new Map<string, Instance>();
  readonly #heal: (() => void)[];

  constructor({ seed, faults, provider, deadlineMs }: CutShopOptions) {
    this.world = new World({ seed, recovering: true, ...faults });
    this.provider = new ProviderWorld(this.world);
    this.#deadlineMs = deadlineMs;
    this.#heal = Object.entries(provider).map(([fate, share]) =>
      this.provider.fates.raise(fate as Fate, share),
    );
    this.world.declare(this.definitions());
    this.startAll();
  }

  #define(name: ServiceName, process: Process): ServiceDefinition {
    if (name === 'orders') return ordersService({ deadlineMs: this.#deadlineMs });
    if (name === 'payments') return paymentsService({ gateway: this.provider.payments(process) });
    if (name === 'inventory') return inventoryService();
    return notificationsService({ gateway: this.provider.post(process) });
  }

  /** Every service as a value, for who only reads it. */
  definitions(): ServiceDefinition[] {
    const nobody = this.world.startProcess('admin', 'admin');
    return SERVICES.map((name) => this.#define(name, nobody));
  }

  startAll(): void {
    for (const name of SERVICES)
      for (let i = 1; i <= INSTANCES; i++) {
        const define = ({ process }: { process: Process }) => this.#define(name, process);
        this.#instances.set(`${name}-${i}`, this.world.start(`${name}-${i}`, define));
      }
  }

  /** Every process dies, and none is started again before `startAll`. */
  killAll(): void {
    for (const instance of this.#instances.values()) if (instance.alive) instance.kill();
  }

  healProvider(): void {
    for (const heal of this.#heal.splice(0)) heal();
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

  audit(): Audit {
    const streams = Object.fromEntries(SERVICES.map((s) => [s, this.world.broker.commitsOf(s)]));
    const { ledger, mails } = this.provider;
    return auditShop({ streams, ledger, mails });
  }

  commits(): number {
    return SERVICES.reduce((sum, s) => sum + this.world.broker.commitsOf(s).length, 0);
  }
}
