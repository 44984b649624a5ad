import { messageOf } from '@refrain/errors';
import type { Commit } from '@refrain/event-log';
import { Desk as GovernorDesk, type PinRequest } from '@refrain/service-governor/desk';
import { Governor } from '@refrain/service-governor/governor';
import { createOutlook } from '@refrain/service-governor/outlook';
import { notificationsService } from '@refrain/service-notifications';
import { ordersService } from '@refrain/service-orders';
import { paymentsService } from '@refrain/service-payments';
import { recoveryIdOf, type ServiceDefinition, silentLog } from '@refrain/runtime';
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
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { standInOf } from '../cli/supervisor/shop-topology.ts';
import { lostTailFindings, silentOrders } from './lost-tail-check.ts';
import { OrdersWith } from './orders-with.ts';
import { CALLERS, People } from './people.ts';
import { ProviderWorld } from './provider-world.ts';
import { ShopClient } from './shop-client.ts';
import { openingStock } from './shop-load.ts';
import { ordersShown, stockShown } from './shown.ts';

/** How long an order may take, in milliseconds: short, so that some are cancelled by it. */
const DEADLINE_MS = 60_000;

/**
 * How late anything may be with all faults of a run together, in milliseconds: lost alarms, pauses, outages.
 */
const LATE_MS_MAX = 120_000;

/** One run of the shop: the real services and governors, with a provider that outlives them. */
export class ShopStage implements Stage {
  readonly provider: ProviderWorld;
  readonly #run: Run;
  readonly #client: ShopClient;
  readonly #people: People;
  readonly #governors = new Map<Process, GovernorDesk>();
  /** What was begun before the service had ended its part of a recovery. */
  readonly #early = new Set<string>();
  readonly #placed = new OrdersWith('OrderPlaced');
  readonly #known = new OrdersWith('OrderPlaced', 'OrderCancelling');
  readonly #ended = new OrdersWith('OrderCompleted', 'OrderCancelled');
  readonly #told = new OrdersWith('MailSent', 'MailUnresolved');

  constructor(run: Run) {
    this.#run = run;
    this.provider = new ProviderWorld(run.world);
    this.#client = new ShopClient(run);
    this.#people = new People(run, this.provider);
    this.provider.onAct = ({ service }, operationId) => {
      if (!isReported(run.world.broker.recovery, service)) this.#early.add(`operation ${operationId}`);
    };
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
      case 'notifications':
        return notificationsService({ gateway: process.watched('mail', this.provider.post(process)) });
      default:
        return standInOf(service);
    }
  }

  runProcess(_: string, process: Process): void {
    const { clock } = this.#run.world;
    const outlook = createOutlook();
    const self = `${process.name}.${clock.now()}`;
    const governor = new Governor({
      store: process.governorStore,
      reports: process.reports,
      outlook,
      clock: process.clock,
      elapsed: () => clock.now(),
      self,
      logger: silentLog,
    });
    void governor.start();
    const { governorStore: store, clock: own } = process;
    this.#governors.set(
      process,
      new GovernorDesk({ store, outlook, clock: own, lease: () => governor.lease }),
    );
  }

  /** Asks a governor that lives; where none does, nobody answers. */
  #pin({ args }: Entry): void {
    const [desk] = [...this.#governors].flatMap(([{ alive }, one]) => (alive ? [one] : []));
    const said = { by: String(args['by']), host: 'desk', why: 'the plan says so' };
    this.#run.tell(said.by, `pins ${args['word']} on psp`);
    this.#run.tookHold('a person pins', desk ? 1 : 0);
    void desk
      ?.pin('psp', { kind: args['word'] as PinRequest['kind'], forS: Number(args['forS']), ...said })
      .catch(() => {});
  }

  perform(entry: Entry): void {
    if (entry.kind === 'order') this.#order(entry);
    else if (entry.kind === 'a person pins') this.#pin(entry);
    else void this.#people.perform(entry);
  }

  #order({ args }: Entry): void {
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
    if (this.#people.hasWork) return false;
    if (this.#isCut) return this.#isRecovered(load);
    return (
      this.#placed.in(this.#log('orders')).size === load.length &&
      this.#ended.in(this.#log('orders')).size === load.length &&
      this.#told.in(this.#log('notifications')).size === load.length
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
      streams: Object.fromEntries(serviceNames.map((service) => [service, this.#log(service)])),
      ledger,
      mails,
      calls,
      mailCalls,
      kills: this.#run.unrecordedMax,
      words: await this.#words(),
      orderViews: shown.views,
      stockViews: stockShown(this.#log('inventory')),
    });
    const { violations, invariants } = audit;
    const { load } = this.#run.plan;
    if (this.#isCut) return { findings: [...shown.findings, ...this.#afterCut(audit)], invariants };
    const missing = missingFindings(load.length - (audit.checked['orders'] ?? 0), load.length);
    const findings = [...shown.findings, ...violations, ...silentOrders(audit), ...missing];
    return { findings, invariants };
  }

  get #isCut(): boolean {
    return this.#run.plan.faults.some(({ kind }) => kind === LOST_TAIL);
  }

  /** Orders whose placing the log lost. */
  #lostOrders(): ReadonlySet<string> {
    const { lost } = this.#run.power;
    return new Set(lost.filter(isPlacing).map(({ entity }) => entity.entityId));
  }

  #afterCut(audit: Audit): Finding[] {
    const lost = this.#lostOrders();
    const placed = new Set(
      this.#log('orders')
        .filter(isPlacing)
        .map(({ entity }) => entity.entityId),
    );
    const logs = Object.fromEntries(serviceNames.map((service) => [service, this.#log(service)]));
    const { load } = this.#run.plan;
    const missing = load
      .map(({ args }) => ShopClient.orderIdOf(String(args['key'])))
      .filter((orderId) => !lost.has(orderId) && !placed.has(orderId));
    return [
      ...lostTailFindings({
        logs,
        ledger: this.provider.ledger,
        audit,
        placedAgain: new Set([...lost].filter((orderId) => placed.has(orderId))),
      }),
      ...missingFindings(missing.length, load.length),
      ...[...this.#early].map((where) => ({
        invariant: 'nobody acts before the recovery has ended',
        where,
        found: 'a call of a service that had not ended its part',
      })),
    ];
  }

  /** Every order that the log knows has ended, each service has done its part, and nothing is under way. */
  #isRecovered(load: readonly Entry[]): boolean {
    const { broker } = this.#run.world;
    const orders = this.#log('orders');
    const [known, ended] = [this.#known.in(orders), this.#ended.in(orders)];
    if (
      known.size !== ended.size ||
      !broker.isQuiet() ||
      !CALLERS.every((one) => isReported(broker.recovery, one))
    )
      return false;
    const lost = this.#lostOrders();
    return load.every(({ args }) => {
      const orderId = ShopClient.orderIdOf(String(args['key']));
      return known.has(orderId) || lost.has(orderId);
    });
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

const isPlacing = ({ types }: Commit): boolean => types.some((text) => text.startsWith('OrderPlaced.'));

/** Whether a service has ended its part of the last recovery. */
const isReported = (bucket: Run['world']['broker']['recovery'], service: string): boolean =>
  recoveryIdOf(bucket.last(`report.${service}`)?.value) === recoveryIdOf(bucket.last('recovery')?.value);

/** Orders that were asked for and are not in the log. */
function missingFindings(missing: number, asked: number): Finding[] {
  if (missing === 0) return [];
  const lost = { invariant: 'every order that was asked for is placed', where: 'orders' };
  return [{ ...lost, found: `${missing} of ${asked} are missing` }];
}
