import { cause } from '@refrain/contract-kit';
import { type Instance, World } from '@refrain/simulation';
import { describe, expect, test } from 'vitest';
import { purseService, requestPayout, sell, tillService } from './till.fixture.ts';

// A duplicate is a payout too many. Each layer is tried with all others off that could catch it, under many
// seeds: on, it leaves no duplicate; off, the same runs have some.
interface Protections {
  /** 1. The broker knows the id of a commit for a while. */
  window: boolean;
  /** 2. An entity knows the causes that it has handled. */
  causes: boolean;
  /** 3. An append names the sequence it was decided on. */
  sequence: boolean;
  /** 4. The bank knows the key of a payout. */
  key: boolean;
}
const none: Protections = { window: false, causes: false, sequence: false, key: false };

interface Trouble {
  lostAcks?: number;
  lostAnswers?: boolean;
}

class Run {
  readonly world: World;
  readonly paid: string[] = [];
  readonly #protections: Protections;
  readonly #keys = new Set<string>();
  #lostAnswers: number;

  constructor(seed: number, protections: Protections, { lostAcks = 0, lostAnswers = false }: Trouble) {
    this.#protections = protections;
    this.#lostAnswers = lostAnswers ? 1 : 0;
    this.world = new World({
      seed,
      lostAcks,
      duplicateWindowMs: protections.window ? 120_000 : 0,
      checkExpected: protections.sequence,
    });
    this.world.declare([tillService(), this.#purse()]);
  }

  #purse() {
    return purseService(async (key, of) => {
      await this.world.clock.sleep(1 + this.world.chance() * 10);
      if (!(this.#protections.key && this.#keys.has(key))) this.paid.push(of);
      this.#keys.add(key);
      await this.world.clock.sleep(1 + this.world.chance() * 10);
      if (this.#lostAnswers-- > 0) throw new Error('the answer was lost');
    });
  }

  start(name: 'till' | 'purse', nth = 1): Instance {
    const { causes } = this.#protections;
    const define = () => (name === 'till' ? tillService() : this.#purse());
    // One call at a time each, so that two deliveries at once meet two instances.
    return this.world.start(`${name}-${nth}`, define, { protections: { causes }, callsMax: 1 });
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.runUntil(() => false, ms);
  }
}

const origin = { cause: cause.request('shop', 'k1'), correlation: 's1' };

/** One sale, from the till to the bank. */
async function sellOnce(run: Run): Promise<void> {
  const till = run.start('till');
  run.start('purse');
  void till.host.execute(sell('s1'), origin).catch(() => {});
  await run.pass(120_000);
}

const stories = {
  /** The acknowledgement of what was stored does not come back, and the same commit is sent again. */
  'an acknowledgement is lost': async (seed: number, protections: Protections) => {
    const run = new Run(seed, protections, { lostAcks: 0.4 });
    await sellOnce(run);
    return run;
  },
  /** Long after everything was done, the broker delivers all of it again. */
  'everything is delivered again': async (seed: number, protections: Protections) => {
    const run = new Run(seed, protections, {});
    await sellOnce(run);
    run.world.broker.redeliverAll();
    await run.pass(120_000);
    return run;
  },
  /** The same request reaches two instances, each of which knows nothing of it yet. */
  'two instances race': async (seed: number, protections: Protections) => {
    const run = new Run(seed, protections, {});
    const both = [run.start('purse', 1), run.start('purse', 2)];
    for (const { host } of both) void host.execute(requestPayout('s1'), origin).catch(() => {});
    await run.pass(120_000);
    return run;
  },
  /** The bank pays, and its answer is lost: the attempt is repeated. */
  'an answer is lost': async (seed: number, protections: Protections) => {
    const run = new Run(seed, protections, { lostAnswers: true });
    await sellOnce(run);
    return run;
  },
};

/** In how many of the runs money was paid out twice or more. Each run pays out at least once. */
async function duplicates(story: keyof typeof stories, protections: Protections): Promise<number> {
  let found = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const { paid } = await stories[story](seed, protections);
    if (paid.length === 0) throw new Error(`seed ${seed}: nothing was paid`);
    if (paid.length > 1) found++;
  }
  return found;
}

const on = (...layers: (keyof Protections)[]): Protections => ({
  ...none,
  ...Object.fromEntries(layers.map((layer) => [layer, true])),
});

describe.each<[keyof Protections, keyof typeof stories, Protections]>([
  ['window', 'an acknowledgement is lost', on('window')],
  ['causes', 'everything is delivered again', on('causes')],
  // The sequence says that somebody was faster; that it was with the same cause is then read in the log.
  ['sequence', 'two instances race', on('causes', 'sequence')],
  ['key', 'an answer is lost', on('key')],
])('%s', (layer, story, protections) => {
  test(`catches the duplicate alone: ${story}`, async () => {
    expect(await duplicates(story, protections)).toBe(0);
  });

  test('and without it the duplicate is there', async () => {
    expect(await duplicates(story, { ...protections, [layer]: false })).toBeGreaterThan(0);
    expect(await duplicates(story, none)).toBeGreaterThan(0);
  });
});

test.each(Object.keys(stories) as (keyof typeof stories)[])('all layers on: %s', async (story) => {
  expect(await duplicates(story, on('window', 'causes', 'sequence', 'key'))).toBe(0);
});
