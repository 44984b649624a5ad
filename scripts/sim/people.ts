import { type Commit, nameOf } from '@refrain/event-log';
import { foldLetters, type LettersOnRecord, type OperationView, type ServiceHost } from '@refrain/runtime';
import type { Dice, Entry, Run } from '@refrain/simulation';
import { LogReader } from './log-reader.ts';
import type { ProviderWorld } from './provider-world.ts';

type Desk = ServiceHost['desk'];

/** Services that call the world: those whose operations people speak of. */
export const CALLERS = ['payments', 'notifications'];
/** Services that may have dead letters. */
const WITH_LETTERS = ['orders', ...CALLERS, 'inventory'];

/** How often somebody looks for dead letters who wants to drive one again, and how many times. */
const LOOK_MS = 2_000;
const LOOKS_MAX = 20;

/** How often the last one on duty looks, in milliseconds. */
const SHIFT_MS = 15_000;

/**
 * What people do at the desks of a run: some look early, think about it, and say the same word twice or
 * together with somebody else.
 */
export function drawPeople(dice: Dice): readonly Entry[] {
  return Array.from({ length: dice.integer(2, 6) }, () => {
    const kind = dice.pick(['redrives', 'says what happened', 'wants it now', 'wants no more']);
    const again = dice.integer(1, 2) === 1 ? { againMs: dice.integer(0, 3_000) } : {};
    const args = {
      at: dice.pick(kind === 'redrives' ? WITH_LETTERS : CALLERS),
      n: dice.integer(0, 19),
      lateMs: dice.pick([0, dice.integer(0, 5_000), dice.integer(0, 20_000)]),
      by: dice.pick(['ada', 'bob']),
      ...again,
    };
    return { atMs: dice.integer(500, 40_000), kind: `a person ${kind}`, args };
  });
}

/** What waits for a person in a log: its dead letters, and whether a refund was ever given up. */
class Waiting {
  readonly #letters = new Map<string, LettersOnRecord>();
  readonly #reader = new LogReader();
  #isStuck = false;

  see(commits: readonly Commit[]): this {
    this.#reader.readOn(commits, {
      add: (commit) => this.#add(commit),
      forget: () => this.#letters.clear(),
    });
    return this;
  }

  #add(commit: Commit): void {
    const where = nameOf(commit.entity);
    const has = (type: string): boolean => commit.types.some((text) => text.startsWith(`${type}.`));
    if (has('RefundStuck')) this.#isStuck = true;
    const before = this.#letters.get(where);
    if (!before && !has('refrain.Defect')) return;
    let letters = before ?? new Map();
    for (const event of commit.body().events) letters = foldLetters(letters, { event, at: commit.at });
    if (letters.size > 0) this.#letters.set(where, letters);
    else this.#letters.delete(where);
  }

  get hasLetters(): boolean {
    return this.#letters.size > 0;
  }

  get hasStuck(): boolean {
    return this.#isStuck;
  }
}

/** People at the desks of a shop, by whichever process lives. What they say of the world is true. */
export class People {
  readonly #run: Run;
  readonly #provider: ProviderWorld;
  readonly #waiting = new Map(WITH_LETTERS.map((service) => [service, new Waiting()]));

  constructor(run: Run, provider: ProviderWorld) {
    this.#run = run;
    this.#provider = provider;
    this.#nextShift();
  }

  /** Whether a dead letter is left. */
  get hasWork(): boolean {
    return [...this.#waiting.keys()].some((service) => this.#see(service).hasLetters);
  }

  #see(service: string): Waiting {
    return (this.#waiting.get(service) as Waiting).see(this.#run.world.broker.commitsOf(service));
  }

  /** Does what the plan says. Whoever is asked may die over it: then nobody answers. */
  async perform({ kind, args }: Entry): Promise<void> {
    const [by, n] = [String(args['by']), Number(args['n'])];
    const service = kind === 'a person redrives' ? await this.#withLetters(n) : String(args['at']);
    if (service === undefined) return;
    const seen = await this.#look(service, kind, n);
    if (seen === undefined) return;
    const say = (who: string): void => {
      this.#run.tell(who, `${kind} ${seen.id} at ${service}`);
      this.#run.tookHold(kind);
      const said = { by: who, host: 'desk', why: 'the plan says so' };
      void this.#at(service, async (desk) => await this.#say(desk, { kind, seen, said }));
    };
    this.#run.after(Number(args['lateMs']), () => say(by));
    if (args['againMs'] !== undefined)
      this.#run.after(Number(args['lateMs']) + Number(args['againMs']), () => say('eve'));
  }

  /** A service that has dead letters; somebody looks now and then, and goes home when there is none. */
  async #withLetters(n: number): Promise<string | undefined> {
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      const told = WITH_LETTERS.filter((one) => this.#see(one).hasLetters);
      if (told.length > 0) return told[n % told.length];
      await this.#run.world.clock.sleep(LOOK_MS);
    }
    return undefined;
  }

  /** The operation or dead letter that somebody looks at. */
  async #look(service: string, kind: string, n: number): Promise<Seen | undefined> {
    const seen = await this.#at(service, async (desk): Promise<readonly Seen[]> => {
      if (kind === 'a person redrives') return (await desk.deadLetters()).items;
      const { items } = await desk.operations();
      return kind === 'a person says what happened'
        ? items.filter(({ state }) => state === 'waiting')
        : items;
    });
    return seen?.[n % seen.length];
  }

  async #say(desk: Desk, { kind, seen, said }: Saying): Promise<void> {
    const { id, attempts: attempt } = seen;
    if (kind === 'a person redrives') await desk.redrive({ ...said, ids: [id] });
    if (kind === 'a person wants it now') await desk.retryNow(id, { ...said, attempt });
    if (kind === 'a person wants no more') await desk.cancel(id, { ...said, attempt });
    if (kind !== 'a person says what happened' || attempt === undefined) return;
    const happened = this.#provider.happened(id);
    if (happened !== 'nobody knows yet') await desk.verdict(id, { ...said, attempt, happened });
  }

  /** Asks a process that lives. Whatever it cannot do, the person hears that, and comes again or not. */
  async #at<T>(service: string, ask: (desk: Desk) => Promise<T>): Promise<T | undefined> {
    const desk = this.#run.anyHost(service)?.desk;
    if (!desk) return undefined;
    try {
      return await ask(desk);
    } catch {
      return undefined;
    }
  }

  /** Somebody is always on duty who sees to what nobody else has. */
  #nextShift(): void {
    const { clock } = this.#run.world;
    const said = { by: 'grace', host: 'desk', why: 'nobody else has seen to it' };
    clock.at(clock.now() + SHIFT_MS, () => {
      this.#nextShift();
      for (const service of this.#waiting.keys()) {
        const { hasLetters, hasStuck } = this.#see(service);
        if (hasLetters) void this.#at(service, (desk) => desk.redrive({ ...said, all: true }));
        if (hasStuck) void this.#at(service, (desk) => this.#sayOfRefunds(desk, said));
      }
    });
  }

  /** A refund that was given up is asked about for ever; where it did not happen, a person wants it anew. */
  async #sayOfRefunds(desk: Desk, said: Said): Promise<void> {
    const { items } = await desk.operations({ state: 'waiting' });
    for (const { id, attempts: attempt, effect } of items)
      if (effect === 'refund' && this.#provider.happened(id) === false)
        await desk.verdict(id, { ...said, attempt, happened: false });
  }
}

interface Said {
  readonly by: string;
  readonly host: string;
  readonly why: string;
}

type Seen = { readonly id: string } & Partial<Pick<OperationView, 'attempts'>>;

interface Saying {
  readonly kind: string;
  readonly seen: Seen;
  readonly said: Said;
}
