import { setTimeout as sleep } from 'node:timers/promises';
import type { Word } from '@refrain/governor';
import type { Audit, SandboxCall, Span } from '../../scripts/audit/mod.ts';
import type { TestShop } from '../support/shop.ts';
import { orderBody, shopDoors } from '../support/shop-doors.ts';
import { shopStreams } from '../support/shop-streams.ts';

/** An order as it was placed: when, and how long the shop took to answer. */
interface Placed {
  readonly orderId: string;
  readonly atMs: number;
  readonly answeredMs: number;
}

/** What the governor was seen to say of the payment provider, and when. */
export interface SeenWord extends Pick<Word, 'kind' | 'ramp' | 'reason' | 'warning' | 'rate' | 'epoch'> {
  readonly atMs: number;
}

const lookEveryMs = 100;
const callsPerPage = 10_000;

/** A running shop under steady load, watched from outside: its doors, the sandbox, the governor's words. */
export class Pressure {
  readonly #shop: TestShop;
  readonly #doors: ReturnType<typeof shopDoors>;
  readonly placed: Placed[] = [];
  readonly refused: string[] = [];
  readonly words: SeenWord[] = [];
  readonly #unanswered = new Set<Promise<void>>();
  #stopPlacing = async (): Promise<void> => {};
  #watching = true;
  #watch: Promise<void>;

  constructor(shop: TestShop) {
    this.#shop = shop;
    this.#doors = shopDoors(shop);
    this.#watch = this.#watchWords();
  }

  /** Places orders at that rate until `stop` is called, however slowly they are answered. */
  start(rate: number): void {
    const over = new AbortController();
    const placing = this.#placeAll(rate, over.signal);
    this.#stopPlacing = async () => {
      over.abort();
      await placing;
    };
  }

  async #placeAll(rate: number, over: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    for (let n = 0; !over.aborted; n++) {
      const earlyMs = startedAt + (n * 1_000) / rate - performance.now();
      if (earlyMs > 0) await sleep(earlyMs);
      const one = this.#place().finally(() => this.#unanswered.delete(one));
      this.#unanswered.add(one);
    }
  }

  /** Places so many orders as fast as the shop takes them, with a bound on how many are under way. */
  async placeBurst(orders: number, atOnce: number): Promise<void> {
    let left = orders;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await this.#place();
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }

  async stop(): Promise<void> {
    await this.#stopPlacing();
    await Promise.all(this.#unanswered);
  }

  async #place(): Promise<void> {
    const [atMs, from] = [Date.now(), performance.now()];
    try {
      const orderId = await this.#doors.place(orderBody());
      this.placed.push({ orderId, atMs, answeredMs: performance.now() - from });
    } catch (error) {
      this.refused.push(String(error));
    }
  }

  async faults(faults: Record<string, unknown>): Promise<number> {
    await this.#doors.setFaults('psp', faults);
    return Date.now();
  }

  /** Kills a process of the shop by its name; the supervisor starts it again. */
  async kill(name: string): Promise<void> {
    const found = (await this.#shop.processes()).find((one) => one.name === name);
    if (!found) throw new Error(`No process ${name} runs.`);
    process.kill(found.pid, 'SIGKILL');
  }

  async #watchWords(): Promise<void> {
    const url = `http://127.0.0.1:${this.#shop.portBase + 14}/status`;
    while (this.#watching) {
      try {
        const status = (await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).json()) as {
          words?: (Word & { saidAgoMs: number })[];
        };
        const word = status.words?.find(({ dependency }) => dependency === 'psp');
        if (word) this.#see(word);
      } catch {
        // It was killed, and comes again.
      }
      await sleep(lookEveryMs);
    }
  }

  #see({ kind, ramp, reason, warning, rate, epoch, saidAgoMs }: Word & { saidAgoMs: number }): void {
    const last = this.words.at(-1);
    const same =
      last?.kind === kind && last.ramp === ramp && last.warning === warning && last.epoch === epoch;
    const atMs = Date.now() - saidAgoMs; // it may be seen a moment after it was said
    if (!same) this.words.push({ atMs, kind, ramp, reason, warning, rate, epoch });
  }

  /** From each word of a ramp to the one after it. */
  ramps(): Span[] {
    return this.words.flatMap(({ atMs, ramp }, i) =>
      ramp ? [{ fromMs: atMs, toMs: this.words[i + 1]?.atMs ?? Date.now() }] : [],
    );
  }

  /** Waits until every order has settled, and audits. */
  async settled(msMax: number): Promise<Audit> {
    for (const giveUpAt = performance.now() + msMax; ; await sleep(1_000)) {
      const { document } = await this.#shop.refrain('audit');
      const audit = document as Audit;
      if (audit.unsettled?.length === 0 || performance.now() > giveUpAt) return audit;
    }
  }

  async calls(): Promise<SandboxCall[]> {
    const all: (SandboxCall & { n: number })[] = [];
    for (;;) {
      const url = `${this.#doors.urls.psp}/calls?limit=${callsPerPage}&after=${all.at(-1)?.n ?? 0}`;
      const page = (await (await fetch(url)).json()) as typeof all;
      all.push(...page);
      if (page.length < callsPerPage) return all;
    }
  }

  /** When each order was completed, by the log; and how many were cancelled, with why. */
  async ends(): Promise<{ completedAtMs: Map<string, number>; cancelled: Record<string, number> }> {
    const streams = await shopStreams(this.#shop);
    const completedAtMs = new Map<string, number>();
    const cancelled: Record<string, number> = {};
    for (const commit of await streams.commits('orders')) {
      const { at, entity, types } = commit;
      if (types.includes('OrderCompleted.1')) completedAtMs.set(entity.entityId, at);
      if (!types.includes('OrderCancelled.1')) continue;
      for (const { type, data } of commit.body().events)
        if (type === 'OrderCancelled') {
          const { reason } = data as { reason: string };
          cancelled[reason] = (cancelled[reason] ?? 0) + 1;
        }
    }
    await streams.close();
    return { completedAtMs, cancelled };
  }

  async end(): Promise<void> {
    await this.stop();
    this.#watching = false;
    await this.#watch;
  }
}
