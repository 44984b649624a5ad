import type { GovernorStore, Listening, Word } from '@refrain/governor';
import { describe, expect } from 'vitest';
import { benchTest } from './event-log-suite-kit.ts';
import {
  type GovernorBench,
  type GovernorInstance,
  type GovernorSuiteOptions,
  reportOf,
  wordOn,
} from './governor-suite-bench.ts';

type Fact = (name: string, run: (bench: GovernorBench) => Promise<void>) => void;

/**
 * What `GovernorStore`, `Governing` and `Reports` promise, tried on an adapter. Governors and the simulator
 * run on the memory adapter, so a test of them is worth what this suite proves of both.
 */
export function governorSuite(
  name: string,
  make: () => Promise<GovernorBench>,
  { restart }: GovernorSuiteOptions,
): void {
  const fact: Fact = (what, run) => benchTest(what, make, run);
  const parts: Record<string, () => void> = {
    'what governors share': () => storeFacts(fact),
    'a lost acknowledgement': () => lostAcknowledgementFacts(fact),
    words: () => {
      wordFacts(fact);
      hearingFacts(fact);
    },
    reports: () => reportFacts(fact),
    ...(restart && { 'a restart of the broker': () => restartFacts(fact, restart) }),
  };
  for (const [part, tests] of Object.entries(parts))
    describe(`${name}: ${part}`, () => {
      tests();
    });
}

let drawn = 0;
/** A dependency that no other test knows. */
const newDependency = (): string => `dependency-${drawn++}`;

async function written(store: GovernorStore, key: string, value: string, expected: number): Promise<number> {
  const revision = await store.write(key, value, expected);
  expect(revision).toBeGreaterThan(expected);
  return revision as number;
}

/** Speaks a word as a governor does, on top of what stands there. */
async function speak(store: GovernorStore, said: Word | string, dependency: string): Promise<void> {
  const key = `word.${dependency}`;
  const before = (await store.read(key))?.revision ?? 0;
  await written(store, key, typeof said === 'string' ? said : JSON.stringify(said), before);
}

interface Heard {
  readonly ticks: number[];
  readonly listening: Listening;
}

async function listen({ governing }: GovernorInstance, ...dependencies: string[]): Promise<Heard> {
  const ticks: number[] = [];
  return { ticks, listening: await governing.listen(dependencies, ({ tick }) => ticks.push(tick)) };
}

async function eventually({ clock }: GovernorBench, holds: () => boolean, withinMs = 10_000): Promise<void> {
  const until = clock.now() + withinMs;
  while (!holds()) {
    if (clock.now() > until) throw new Error(`It did not come about within ${withinMs} ms.`);
    await clock.sleep(10);
  }
}

function storeFacts(fact: Fact): void {
  fact('what was written is read, with its revision and the time it was stored', async (bench) => {
    const key = newDependency();
    expect(await bench.store.read(key)).toBeUndefined();
    const before = bench.clock.now();
    const revision = await written(bench.store, key, 'one', 0);
    const { store } = await bench.newInstance();
    const kept = await store.read(key);
    expect(kept).toMatchObject({ revision, value: 'one' });
    expect(kept?.at).toBeGreaterThanOrEqual(before - 1_000);
    expect(kept?.at).toBeLessThanOrEqual(bench.clock.now() + 1_000);
  });

  fact('a write on another revision than the last one changes nothing', async ({ store }) => {
    const key = newDependency();
    const first = await written(store, key, 'one', 0);
    const second = await written(store, key, 'two', first);
    for (const stale of [0, first, second + 1_000])
      expect(await store.write(key, 'x', stale)).toBeUndefined();
    expect(await store.read(key)).toMatchObject({ revision: second, value: 'two' });
  });

  fact('of two writers on 50 keys exactly one wins each', async (bench) => {
    const { store: other } = await bench.newInstance();
    const key = newDependency();
    const pairs = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        Promise.all([bench.store.write(`${key}-${i}`, 'ours', 0), other.write(`${key}-${i}`, 'theirs', 0)]),
      ),
    );
    for (const pair of pairs) expect(pair.filter((revision) => revision === undefined)).toHaveLength(1);
  });

  fact('the latest 64 values of a key are kept, and told newest first', async ({ store }) => {
    const key = newDependency();
    expect(await store.history(key, 10)).toEqual([]);
    let revision = 0;
    for (let i = 1; i <= 66; i++) revision = await written(store, key, String(i), revision);
    const all = await store.history(key, 1_000);
    expect(all.map(({ value }) => Number(value))).toEqual(Array.from({ length: 64 }, (_, i) => 66 - i));
    expect((await store.history(key, 2)).map(({ value }) => value)).toEqual(['66', '65']);
    expect(all[0]).toEqual(await store.read(key));
  });
}

function lostAcknowledgementFacts(fact: Fact): void {
  fact('is not taken for a write of somebody else', async (bench) => {
    const { store } = await bench.newInstanceLosingAck();
    const key = newDependency();
    const revision = await written(store, key, 'mine', 0);
    expect(await bench.store.read(key)).toMatchObject({ revision, value: 'mine' });
    await written(store, key, 'and on', revision);
    expect(await bench.store.history(key, 10)).toHaveLength(2);
  });

  fact('is a write that did not count when another went on from it meanwhile', async (bench) => {
    const { store } = await bench.newInstanceLosingAck();
    const key = newDependency();
    const going = store.write(key, 'mine', 0);
    let stored = await bench.store.read(key);
    while (!stored) {
      await bench.clock.sleep(1);
      stored = await bench.store.read(key);
    }
    const theirs = await written(bench.store, key, 'theirs', stored.revision);
    expect(await going).toBeUndefined();
    expect(await store.read(key)).toMatchObject({ revision: theirs, value: 'theirs' });
  });
}

function wordFacts(fact: Fact): void {
  fact('a listener hears the last word, then each as it comes, and of no other dependency', async (bench) => {
    const [ours, theirs] = [newDependency(), newDependency()];
    await speak(bench.store, wordOn(ours, 1), ours);
    await speak(bench.store, wordOn(ours, 2), ours);
    const heard = await listen(await bench.newInstance(), ours);
    await eventually(bench, () => heard.ticks.length === 1);
    await speak(bench.store, wordOn(theirs, 7), theirs);
    await speak(bench.store, wordOn(ours, 3), ours);
    await speak(bench.store, wordOn(ours, 1, 2), ours);
    await eventually(bench, () => heard.ticks.length === 3);
    expect(heard.ticks).toEqual([2, 3, 1]);
  });

  fact('a listener that begins before any word was spoken hears the first', async (bench) => {
    const dependency = newDependency();
    const heard = await listen(bench, dependency);
    await bench.clock.sleep(200);
    expect(heard.ticks).toEqual([]);
    await speak(bench.store, wordOn(dependency, 1), dependency);
    await eventually(bench, () => heard.ticks.length === 1);
  });

  fact('a word is heard once, however long the governor is silent, and none older than it', async (bench) => {
    const dependency = newDependency();
    await speak(bench.store, wordOn(dependency, 5, 2), dependency);
    const heard = await listen(bench, dependency);
    await eventually(bench, () => heard.ticks.length === 1);
    await speak(bench.store, wordOn(dependency, 9, 1), dependency);
    await bench.clock.sleep(6_000);
    expect(heard.ticks.filter((tick) => tick === 5)).toHaveLength(1);
    await speak(bench.store, wordOn(dependency, 9, 1), dependency);
    await speak(bench.store, wordOn(dependency, 6, 2), dependency);
    await eventually(bench, () => heard.ticks.includes(6));
    expect(heard.ticks).toEqual([5, 6]);
  });

  fact('a word that was lost on the way is heard within 3 s', async (bench) => {
    const dependency = newDependency();
    const heard = await listen(bench, dependency);
    await speak(bench.store, wordOn(dependency, 1), dependency);
    await eventually(bench, () => heard.ticks.length === 1);
    await bench.unheard(async () => await speak(bench.store, wordOn(dependency, 2), dependency));
    expect(heard.ticks).toEqual([1]);
    await eventually(bench, () => heard.ticks.length === 2, 4_000);
    expect(heard.ticks).toEqual([1, 2]);
  });
}

function hearingFacts(fact: Fact): void {
  fact('what is no word, or a word on something else, is heard by nobody', async (bench) => {
    const dependency = newDependency();
    const heard = await listen(bench, dependency);
    await speak(bench.store, 'nonsense', dependency);
    await speak(bench.store, '{"v":1}', dependency);
    await speak(bench.store, JSON.stringify({ ...wordOn(dependency, 1), kind: 'shout' }), dependency);
    await speak(bench.store, wordOn('something-else', 1), dependency);
    await speak(bench.store, wordOn(dependency, 2), dependency);
    await eventually(bench, () => heard.ticks.length > 0);
    expect(heard.ticks).toEqual([2]);
  });

  fact('who has stopped listening hears nothing more', async (bench) => {
    const dependency = newDependency();
    const [gone, stays] = [await listen(bench, dependency), await listen(bench, dependency)];
    await gone.listening.stop();
    await speak(bench.store, wordOn(dependency, 1), dependency);
    await eventually(bench, () => stays.ticks.length === 1);
    await bench.clock.sleep(200);
    expect(gone.ticks).toEqual([]);
  });
}

function reportFacts(fact: Fact): void {
  fact('every governor that listens hears each report', async (bench) => {
    const service = newDependency();
    const heard: string[][] = [[], []];
    const governors = [await bench.newInstance(), await bench.newInstance()];
    for (const [i, { reports }] of governors.entries())
      await reports.subscribe((report) => {
        if (report.service === service) heard[i]?.push(`${report.instance} ${report.n}`);
      });
    await bench.clock.sleep(50);
    bench.governing.report(reportOf(service, `${service}-2`, 1));
    bench.governing.report(reportOf(service, `${service}-2`, 2));
    await eventually(bench, () => heard.every((list) => list.length === 2));
    expect(heard[0]?.toSorted()).toEqual([`${service}-2 1`, `${service}-2 2`]);
    expect(heard[1]?.toSorted()).toEqual(heard[0]?.toSorted());
  });
}

function restartFacts(fact: Fact, restart: NonNullable<GovernorSuiteOptions['restart']>): void {
  for (const how of ['SIGTERM', 'SIGKILL'] as const)
    fact(`${how}: what was stored stands, words and reports are heard again`, async (bench) => {
      const dependency = newDependency();
      const words = await listen(await bench.newInstance(), dependency);
      const reports: number[] = [];
      await bench.reports.subscribe(({ service, n }) => {
        if (service === dependency) reports.push(n);
      });
      await speak(bench.store, wordOn(dependency, 1), dependency);
      await eventually(bench, () => words.ticks.length === 1);
      const before = await bench.store.history(`word.${dependency}`, 10);
      await restart(bench, how);
      // Within their patience, which is short, requests may find no broker yet.
      await bench.clock.sleep(1_000);
      expect(await bench.store.history(`word.${dependency}`, 10)).toEqual(before);
      await speak(bench.store, wordOn(dependency, 2), dependency);
      await eventually(bench, () => words.ticks.length === 2);
      bench.governing.report(reportOf(dependency, 'one', 1));
      await eventually(bench, () => reports.length === 1);
    });
}
