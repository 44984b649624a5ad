import { messageOf } from '@refrain/errors';
import type { Commit } from '@refrain/event-log';
import { Governor } from '@refrain/service-governor/governor';
import { createOutlook } from '@refrain/service-governor/outlook';
import { inventoryService } from '@refrain/service-inventory';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { paymentsService } from '@refrain/service-payments';
import { type ServiceDefinition, silentLog } from '@refrain/runtime';
import {
  type Checked,
  type Entry,
  type Finding,
  LOST_TAIL,
  PLATFORM,
  type Process,
  type Run,
  type Stage,
  type Started,
} from '@refrain/simulation';
import type { GovernorStore } from '@refrain/governor';
import { type Audit, auditShop, type Words } from '../audit/mod.ts';
import { readWords } from '../cli/shop-log/said-words.ts';
import { ProviderWorld } from './provider-world.ts';
import { ShopClient } from './shop-client.ts';
import { openingStock } from './shop-load.ts';
import { ordersShown, stockShown } from './shown.ts';

export const SERVICES = ['orders', 'payments', 'inventory', 'notifications'] as const;

/** How long an order may take, in milliseconds: short, so that some are cancelled by it. */
const DEADLINE_MS = 60_000;

/**
 * How late anything may be with all faults of a run together, in milliseconds: lost alarms, pauses, outages.
 */
const LATE_MS_MAX = 120_000;

/** What still holds when a broker lost what it had acknowledged, and nobody has recovered it yet. */
const HOLDS_WITHOUT_TAIL: ReadonlySet<string> = new Set([
  'at most one charge per order',
  'at most one refund per order',
  'held stock is between nothing and what came in',
]);

/** How many events of these types a log holds; asked at every moment, so only what is new is looked at. */
class Counter {
  readonly #wanted: ReadonlySet<string>;
  #seen = 0;
  #count = 0;

  constructor(...types: string[]) {
    this.#wanted = new Set(types);
  }

  of(commits: readonly Commit[]): number {
    if (commits.length < this.#seen) [this.#seen, this.#count] = [0, 0];
    for (; this.#seen < commits.length; this.#seen++)
      for (const text of commits[this.#seen]?.types ?? [])
        if (this.#wanted.has(text.slice(0, text.lastIndexOf('.')))) this.#count++;
    return this.#count;
  }
}

/** One run of the shop: the real services and governors, with a provider that outlives them. */
export class ShopStage implements Stage {
  readonly provider: ProviderWorld;
  readonly #run: Run;
  readonly #client: ShopClient;
  readonly #placed = new Counter('OrderPlaced');
  readonly #ended = new Counter('OrderCompleted', 'OrderCancelled');
  readonly #told = new Counter('MailSent', 'MailUnresolved');

  constructor(run: Run) {
    this.#run = run;
    this.provider = new ProviderWorld(run.world);
    this.#client = new ShopClient(run);
    // Once the processes are there.
    run.after(1, () => {
      for (const { sku, quantity } of openingStock) void this.#client.stock(sku, quantity);
    });
  }

  define(service: string, { process }: Started): ServiceDefinition {
    switch (service) {
      case 'orders':
        return ordersService({ deadlineMs: DEADLINE_MS });
      case 'payments':
        return paymentsService({ gateway: process.watched('psp', this.provider.payments(process)) });
      case 'inventory':
        return inventoryService();
      case 'notifications':
        return notificationsService({ gateway: process.watched('mail', this.provider.post(process)) });
      default:
        throw new Error(`the shop has no service ${service}`);
    }
  }

  runProcess(_: string, process: Process): void {
    const { clock } = this.#run.world;
    const governor = new Governor({
      store: process.governorStore,
      reports: process.reports,
      outlook: createOutlook(),
      clock: process.clock,
      elapsed: () => clock.now(),
      self: `${process.name}.${clock.now()}`,
      logger: silentLog,
    });
    void governor.start();
  }

  perform({ args }: Entry): void {
    const { key, lines, card, cancelMs, againMs } = args;
    const asked = { key: String(key), lines: String(lines), card: String(card) };
    this.#run.tell('customer', `orders ${asked.lines} under ${asked.key} with ${asked.card}`);
    const placed = this.#client.place(asked);
    if (againMs !== undefined) this.#run.after(Number(againMs), () => void this.#client.place(asked));
    if (cancelMs !== undefined)
      void placed.then(() =>
        this.#run.after(Number(cancelMs), () => {
          this.#run.tell('customer', `cancels ${asked.key}`);
          void this.#client.cancel(asked.key);
        }),
      );
  }

  #log(service: string): readonly Commit[] {
    return this.#run.world.broker.commitsOf(service);
  }

  isSettled(load: readonly Entry[]): boolean {
    return (
      this.#placed.of(this.#log('orders')) === load.length &&
      this.#ended.of(this.#log('orders')) === load.length &&
      this.#told.of(this.#log('notifications')) === load.length
    );
  }

  acts(): number {
    return this.provider.calls.length + this.provider.mails.length;
  }

  dump(): string {
    const { ledger, mails, calls } = this.provider;
    return JSON.stringify({ ledger, mails, calls });
  }

  async #words(): Promise<Words> {
    const { bucket } = this.#run.world.broker;
    const store: Pick<GovernorStore, 'read' | 'history'> = {
      read: async (key) => bucket.last(key),
      history: async (key, limit) => bucket.history(key).toReversed().slice(0, limit),
    };
    return await readWords(store, ['psp', 'mail']);
  }

  /** What the audit of the running shop finds, and orders that are open without a reason. */
  async check(): Promise<Checked> {
    const { ledger, mails, calls, mailCalls } = this.provider;
    const shown = ordersOrFinding(this.#log('orders'));
    const audit = auditShop({
      platformId: PLATFORM,
      pace: {
        now: this.#run.world.clock.now(),
        lateMsMax: LATE_MS_MAX,
        deadlines: [{ after: 'OrderPlaced', name: 'settle', afterMs: DEADLINE_MS }],
      },
      streams: Object.fromEntries(SERVICES.map((service) => [service, this.#log(service)])),
      ledger,
      mails,
      calls,
      mailCalls,
      kills: this.#run.unrecordedMax,
      words: await this.#words(),
      orderViews: shown.views,
      stockViews: stockShown(this.#log('inventory')),
    });
    const { plan } = this.#run;
    const { violations, invariants } = audit;
    if (plan.faults.some(({ kind }) => kind === LOST_TAIL))
      return {
        findings: violations.filter(({ invariant }) => HOLDS_WITHOUT_TAIL.has(invariant)),
        invariants,
      };
    const open = openFindings(audit, plan.load.length);
    return { findings: [...shown.findings, ...violations, ...open], invariants };
  }
}

/** What the read model shows; a log that it cannot follow is a finding. */
function ordersOrFinding(commits: readonly Commit[]) {
  try {
    return { views: ordersShown(commits), findings: [] };
  } catch (error) {
    const found = messageOf(error);
    return { findings: [{ invariant: 'the read model follows the log', where: 'orders', found }] };
  }
}

/** Orders that went missing, or that are open and nothing says why. */
function openFindings({ unsettled, waiting, checked }: Audit, asked: number): Finding[] {
  const silent = unsettled.filter(({ orderId }) => !waiting.some((one) => one.orderId === orderId));
  const missing = asked - (checked['orders'] ?? 0);
  const open = silent.map(({ orderId, status }) => ({
    invariant: 'every order ends, or waits for a reason that is shown',
    where: `order/${orderId}`,
    found: `${status}, and nothing says why`,
  }));
  if (missing === 0) return open;
  const lost = { invariant: 'every order that was asked for is placed', where: 'orders' };
  return [...open, { ...lost, found: `${missing} of ${asked} are missing` }];
}
