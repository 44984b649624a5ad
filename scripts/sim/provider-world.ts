import { MailFault, type MailGateway } from '@refrain/service-notifications/gateway';
import {
  type MovedPage,
  type PaymentProvider,
  type PaymentStatus,
  ProviderFault,
} from '@refrain/service-payments/gateway';
import { type Process, Shares, type World } from '@refrain/simulation';
import type { LedgerLine, MailCall, ProviderCall, SentMail } from '../audit/mod.ts';

interface Payment {
  readonly orderId: string;
  readonly minor: number;
  readonly declines: boolean;
  status: PaymentStatus;
  refundedMinor: number;
}

/** Lines of one page of a list. */
const PAGE = 3;

/** What can become of a call; what meets none of them is `ok`. */
export type Fate =
  | 'failBefore'
  | 'failAfter'
  | 'sticky'
  | 'throttled'
  | 'inProgress'
  | 'gone'
  | 'silent'
  | 'slow'
  | 'surprise';

/** Longest time that a slow answer takes, in milliseconds: some come in time, some too late. */
const SLOW_MS_MAX = 6_000;

const messageIdOf = (operationId: string): string => `<${operationId}@refrain.local>`;

/** What no documentation of the provider names: whoever hears it cannot know what it means. */
const surprise = (): Error => new Error('418: an answer that nobody knows');

function did<T>(deed: () => T): { error: ProviderFault } | { value: T } {
  try {
    return { value: deed() };
  } catch (error) {
    if (error instanceof ProviderFault) return { error };
    throw error;
  }
}

/**
 * A payment provider and a mail server under the world's seed. They outlive every process: what they did
 * stands in their ledger, whether or not anybody heard of it.
 */
export class ProviderWorld {
  readonly ledger: LedgerLine[] = [];
  readonly mails: SentMail[] = [];
  /** Every request that reached the provider, and every mail that was handed over, with what became of it. */
  readonly calls: ProviderCall[] = [];
  readonly mailCalls: MailCall[] = [];
  /** How often each fate was met. */
  readonly met = new Map<Fate, number>();
  /** How often a call meets each fate. */
  readonly fates = new Shares<Fate>((fate, share) => this.#shares.set(fate, share));
  readonly #shares = new Map<Fate, number>();
  /** Told of each request that acts, as it leaves the process. */
  onAct: ((process: Process, operationId: string) => void) | undefined;
  readonly #world: World;
  /** Who has a request on its way, by operation. */
  readonly #underWay = new Map<string, Set<Process>>();
  readonly #payments = new Map<string, Payment>();
  /** The payment of each line of the ledger. */
  readonly #refs = new Map<string, string>();
  /** What a key was answered: repeated to every later request under it. */
  readonly #answers = new Map<string, { error: ProviderFault } | { value: unknown }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** What somebody can say who looks into the books: not while a request for it may still come. */
  happened(operationId: string): boolean | 'nobody knows yet' {
    const isDone =
      this.ledger.some((line) => line.operationId === operationId) ||
      this.mails.some(({ messageId }) => messageId === messageIdOf(operationId));
    const going = [...(this.#underWay.get(operationId) ?? [])].some(({ alive }) => alive);
    return isDone || (going ? 'nobody knows yet' : false);
  }

  /** The way of a request that acts. One of a process that died on it never comes. */
  async #there(process: Process, operationId: string): Promise<void> {
    this.onAct?.(process, operationId);
    const going = this.#underWay.get(operationId) ?? new Set();
    this.#underWay.set(operationId, going.add(process));
    await this.#way(process);
    going.delete(process);
  }

  #at(): string {
    return new Date(this.#world.clock.now()).toISOString();
  }

  #fate(who: string, what: string): Fate | 'ok' {
    const fate = this.#drawn();
    this.#world.onTold?.(who, `${what}: ${fate}`);
    if (fate !== 'ok') this.met.set(fate, (this.met.get(fate) ?? 0) + 1);
    return fate;
  }

  #drawn(): Fate | 'ok' {
    let share = this.#world.chance();
    for (const [fate, part] of this.#shares) {
      if (share < part) return fate;
      share -= part;
    }
    return 'ok';
  }

  async #way(process: Process, fate?: Fate | 'ok'): Promise<void> {
    await this.#world.clock.sleep(1 + this.#world.chance() * (fate === 'slow' ? SLOW_MS_MAX : 20));
    await process.going();
  }

  /** One request: the way there, its fate, the deed (once per key), the way back. */
  async #request<T>(
    process: Process,
    call: { step: string; key: string; operationId: string },
    deed: () => T,
  ): Promise<T> {
    await this.#there(process, call.operationId);
    const fate = this.#fate('provider', `${call.step} ${call.operationId} by ${process.name}`);
    if (fate === 'gone') throw new ProviderFault('provider_down', 'connection refused');
    // As the sandbox tells it: late is no other answer.
    const told = fate === 'slow' ? 'ok' : fate;
    this.calls.push({ step: call.step, operationId: call.operationId, fate: told, at: this.#at() });
    if (fate === 'throttled')
      throw new ProviderFault('provider_busy', 'too many requests', { retryAfterMs: 2_000 });
    if (fate === 'inProgress') throw new ProviderFault('key_in_progress', 'this key is in progress');
    if (fate === 'failBefore') throw new ProviderFault('provider_error', 'failed before');
    const answer = this.#answer(fate, call.key, deed);
    if (fate === 'silent') await new Promise<never>(() => {});
    await this.#way(process, fate);
    if (fate === 'surprise') throw surprise();
    if (fate === 'failAfter') throw new ProviderFault('provider_error', 'failed after');
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  /** What it has said of a key it says again. */
  #answer<T>(fate: Fate | 'ok', key: string, deed: () => T): { error: ProviderFault } | { value: T } {
    const known = this.#answers.get(key);
    if (known && 'error' in known) {
      const { failure, message } = known.error;
      const replayed = failure !== 'card_declined';
      return { error: new ProviderFault(failure, `replayed: ${message}`, { replayed }) };
    }
    if (known) return { value: known.value as T };
    const answer =
      fate === 'sticky' ? { error: new ProviderFault('provider_error', 'stored failure') } : did(deed);
    this.#answers.set(key, answer);
    return answer;
  }

  #find(ref: string): Payment {
    const payment = this.#payments.get(ref);
    if (!payment) throw new Error(`there is no payment ${ref}`);
    return payment;
  }

  #confirm(ref: string, operationId: string): void {
    const payment = this.#find(ref);
    if (payment.status === 'captured')
      throw new ProviderFault('provider_error', 'already captured', { replayed: true });
    if (payment.status === 'cancelled')
      throw new ProviderFault('provider_error', 'cancelled', { replayed: true });
    if (payment.declines) throw new ProviderFault('card_declined', 'declined');
    payment.status = 'captured';
    const { orderId, minor: amount } = payment;
    this.#book('charge', ref, { orderId, operationId, amount });
  }

  #book(
    kind: LedgerLine['kind'],
    ref: string,
    moved: Pick<LedgerLine, 'orderId' | 'operationId' | 'amount'>,
  ): void {
    const id = `${kind === 'charge' ? 'ch' : 're'}-${this.ledger.length}`;
    this.#refs.set(id, ref);
    this.ledger.push({ kind, id, ...moved, at: this.#at() });
  }

  /** What its ledger says of a span, a few lines at a time; it may fail as every request may. */
  async #moved(
    process: Process,
    kind: LedgerLine['kind'],
    { span, after = '0' }: Parameters<PaymentProvider['charged']>[0],
  ): Promise<MovedPage> {
    await this.#way(process);
    const fate = this.#fate('provider', `list of ${kind}s by ${process.name}`);
    if (fate !== 'ok') throw new ProviderFault('provider_down', `no list today: ${fate}`);
    const isAsked = (line: LedgerLine): boolean =>
      line.kind === kind && Date.parse(line.at) >= span.from && Date.parse(line.at) <= span.to;
    const found = this.ledger.filter(isAsked).slice(Number(after));
    const moved = found.slice(0, PAGE).map(({ id, orderId, operationId, amount }) => ({
      orderId,
      operationId,
      providerRef: this.#refs.get(id) ?? '',
      amount: { minor: amount, currency: 'EUR' as const },
    }));
    return { moved, next: found.length > PAGE ? String(Number(after) + PAGE) : undefined };
  }

  /** The provider as one process sees it. */
  payments(process: Process): PaymentProvider {
    let numbers = 0;
    return {
      create: ({ orderId, amount, paymentMethod }, { key, operationId }) =>
        this.#request(process, { step: 'create', key, operationId }, () => {
          const ref = `pi-${this.#payments.size}-${numbers++}`;
          const declines = paymentMethod === 'pm_card_chargeDeclined';
          this.#payments.set(ref, {
            orderId,
            minor: amount.minor,
            declines,
            status: 'open',
            refundedMinor: 0,
          });
          return ref;
        }),
      confirm: (ref, { key, operationId }) =>
        this.#request(process, { step: 'confirm', key, operationId }, () => this.#confirm(ref, operationId)),
      statusOf: async (ref) => {
        await this.#way(process);
        return this.#find(ref).status;
      },
      cancel: (ref, { key, operationId }) =>
        this.#request(process, { step: 'cancel', key, operationId }, () => {
          const payment = this.#find(ref);
          if (payment.status === 'captured') return 'captured' as const;
          payment.status = 'cancelled';
          return 'cancelled' as const;
        }),
      refund: ({ orderId, amount, providerRef }, { key, operationId }) =>
        this.#request(process, { step: 'refund', key, operationId }, () => {
          this.#find(providerRef).refundedMinor += amount.minor;
          this.#book('refund', providerRef, { orderId, operationId, amount: amount.minor });
        }),
      refundedOf: async (ref) => {
        await this.#way(process);
        return this.#find(ref).refundedMinor;
      },
      charged: (asked) => this.#moved(process, 'charge', asked),
      refunded: (asked) => this.#moved(process, 'refund', asked),
    };
  }

  /** The mail server as one process sees it: it takes every mail it gets, also a second one. */
  post(process: Process): MailGateway {
    return {
      send: async ({ orderId }, { operationId }) => {
        await this.#there(process, operationId);
        const fate = this.#fate('mail server', `send ${operationId} by ${process.name}`);
        if (fate === 'gone') throw new MailFault('mail_refused', 'connection refused');
        if (fate === 'throttled' || fate === 'inProgress') throw new MailFault('mail_busy', '451');
        if (fate === 'failBefore' || fate === 'sticky')
          throw new MailFault('mail_unsent', 'broke off before DATA');
        this.mailCalls.push({ command: 'data', operationId, fate, at: this.#at() });
        this.mails.push({ messageId: messageIdOf(operationId), orderId, at: this.#at() });
        if (fate === 'silent') await new Promise<never>(() => {});
        await this.#way(process, fate);
        if (fate === 'surprise') throw surprise();
        if (fate === 'failAfter') throw new MailFault('mail_unknown', 'broke off after DATA');
      },
    };
  }
}
