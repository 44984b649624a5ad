import { cause } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { parseOutcome, type ServiceDefinition } from '@refrain/runtime';
import {
  type Checked,
  type Entry,
  type FaultKind,
  type Process,
  type Run,
  type Scenario,
  Shares,
  type Stage,
  type Started,
} from '@refrain/simulation';
import { auditVouchers, type Issued } from './voucher-audit.ts';
import { voucher, vouchersService } from './vouchers.ts';

/** One run: the service as it is, and an issuer that outlives its processes. */
class VoucherStage implements Stage {
  /** How many of the issuer's answers are lost. */
  readonly silence = new Shares<'silent'>((_, share) => {
    this.#silent = share;
  });
  lost = 0;
  readonly #run: Run;
  readonly #decider: typeof voucher;
  /** What was issued, by key: the same key is the same voucher. */
  readonly #book = new Map<string, Issued>();
  #silent = 0;
  #asking = 0;
  #calls = 0;

  constructor(run: Run, decider: typeof voucher) {
    this.#run = run;
    this.#decider = decider;
  }

  define(_: string, { process }: Started): ServiceDefinition {
    const issuer = {
      issue: async ({ voucherId }: { voucherId: string }, key: string): Promise<string> => {
        await this.#way(process);
        this.#calls++;
        const issued = this.#book.get(key) ?? { voucherId, code: `code-of-${voucherId}` };
        if (!this.#book.has(key)) this.#run.tell('issuer', `issues ${issued.code}`);
        this.#book.set(key, issued);
        await this.#way(process);
        if (this.#run.world.chance() < this.#silent) {
          this.lost++;
          throw new Error('no answer');
        }
        return issued.code;
      },
    };
    // Watched: before and after each call is a point at which a process can be killed.
    return vouchersService(process.watched('issuer', issuer), this.#decider);
  }

  async #way(process: Process): Promise<void> {
    await this.#run.world.clock.sleep(5);
    await process.going();
  }

  perform({ args }: Entry): void {
    const its = { voucherId: String(args['id']) };
    void this.#ask('asks for', voucher.request({ ...its, cents: 500 }));
    if (args['withdrawMs'] !== undefined)
      this.#run.after(Number(args['withdrawMs']), () => void this.#ask('withdraws', voucher.withdraw(its)));
  }

  /** A client who asks again until he is answered. */
  async #ask(verb: string, command: Command): Promise<void> {
    const { world } = this.#run;
    const { name, entityId } = command;
    this.#run.tell('client', `${verb} ${entityId}`);
    this.#asking++;
    const origin = { cause: cause.request(name, entityId), correlation: entityId };
    for (let isAnswered = false; !isAnswered; ) {
      const asked = this.#run.anyHost('vouchers')?.execute(command, origin);
      const late = world.clock.sleep(3_000).then(() => false);
      const done = asked?.then(
        () => true,
        () => false,
      );
      isAnswered = await (done ? Promise.race([done, late]) : late);
    }
    this.#asking--;
  }

  /** Every client is answered, and every operation has its outcome on record. */
  isSettled(): boolean {
    if (this.#asking > 0) return false;
    const events = this.#run.world.broker.commitsOf('vouchers').flatMap((commit) => commit.body().events);
    const ended = new Set(
      events.flatMap(({ type, cause: because }) =>
        type === 'refrain.AttemptFailed' ? [] : (parseOutcome(because)?.operation ?? []),
      ),
    );
    return events.every(({ operation }) => operation === undefined || ended.has(operation));
  }

  acts(): number {
    return this.#book.size;
  }

  dump(): string {
    return JSON.stringify([...this.#book, this.#calls]);
  }

  async check(): Promise<Checked> {
    return auditVouchers(this.#run.world.broker.commitsOf('vouchers'), [...this.#book.values()]);
  }
}

/** What this world adds to what can go wrong in any: the answers of the issuer are lost. */
const noAnswer: FaultKind = {
  kind: 'issuer does not answer',
  draw: (dice) => ({ share: dice.share(0.2, 1), forMs: dice.integer(500, 5_000) }),
  begin: ({ stage }, { share }) => (stage as VoucherStage).silence.raise('silent', Number(share)),
  counted: ({ stage }) => (stage as VoucherStage).lost,
};

/** Vouchers to simulate: two processes of the service, and clients of whom half change their mind. */
export const voucherScenario = (decider: typeof voucher): Scenario => ({
  name: 'vouchers',
  services: ['vouchers'],
  instances: 2,
  faults: [noAnswer],
  newer: [],
  drawLoad: (dice, size) =>
    Array.from({ length: size }, (_, i) => ({
      atMs: dice.integer(100, 5_000),
      kind: 'voucher',
      args: { id: `v${i + 1}`, ...(i % 2 === 0 && { withdrawMs: dice.integer(500, 4_000) }) },
    })),
  begin: (run) => new VoucherStage(run, decider),
});
