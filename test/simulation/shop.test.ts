import { readFileSync } from 'node:fs';
import { faultKinds, simulate } from '@refrain/simulation';
import { describe, expect, it } from 'vitest';
import { seedLines } from '../../scripts/sim/lines.ts';
import { runSeeds } from '../../scripts/sim/run-seeds.ts';
import { planOf } from '../../scripts/sim/seed-run.ts';
import { shop } from '../../scripts/sim/shop-scenario.ts';

const ONE = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);
const SEEDS = ONE === undefined ? Number(process.env['SEEDS'] ?? 200) : 1;
const drawing = { orders: 20, faults: [] };

describe('the shop under a seed', () => {
  it(`keeps its promises over ${ONE === undefined ? `${SEEDS} seeds` : `seed ${ONE}`} of 20 orders`, {
    timeout: 600_000,
  }, async () => {
    const report = await runSeeds({ ...drawing, from: ONE ?? 1, seeds: SEEDS, forMs: undefined });
    const again = report.failing.map(({ seed }) => `npx refrain sim --seed ${seed}`);
    expect(report.failing, `Again: ${again.join('\n')}`).toEqual([]);
    expect(report.seeds).toBe(SEEDS);
    if (SEEDS < 100) return;
    // What never happens, and what is never looked at, shows nothing.
    const idle = Object.entries(report.faults).filter(([, { times }]) => times === 0);
    expect(idle, `What happened: ${seedLines(report).join('\n')}`).toEqual([]);
    const isAct = (kind: string): boolean => kind.startsWith('a person ');
    expect(Object.keys(report.faults).filter((kind) => !isAct(kind))).toHaveLength(32);
    expect(Object.keys(report.faults).filter(isAct)).toHaveLength(5);
    const unseen = Object.entries(report.invariants).filter(([, times]) => times === 0);
    expect(unseen, 'invariants that no seed tried').toEqual([]);
  });

  it('gives the same run for the same seed, byte for byte', { timeout: 60_000 }, async () => {
    const run = async (seed: number): Promise<string> =>
      (await simulate(shop, planOf(seed, drawing))).fingerprint;
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });

  it('is not survived without a recovery where a broker loses what it acknowledged', {
    timeout: 60_000,
  }, async () => {
    const broken = new Set<string>();
    for (let seed = 1; seed <= 4; seed++) {
      const plan = planOf(seed, { orders: 20, faults: ['lost tail'] });
      const { findings } = await simulate({ ...shop, recover: async () => {} }, plan);
      for (const { invariant } of findings) broken.add(invariant);
    }
    expect([...broken]).toEqual(
      expect.arrayContaining([
        'what a provider did is known to the log',
        'every order ends, or waits for a reason that is shown',
      ]),
    );
  });

  it('meets the kinds of faults that the page names', () => {
    const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
    const text = page.replaceAll(/\s+/g, ' ');
    const unnamed = faultKinds(shop)
      .filter(({ draw }) => draw !== undefined)
      .filter(({ kind }) => !text.includes(kind));
    expect(unnamed.map(({ kind }) => kind)).toEqual([]);
  });

  it('has at least ten faults, and two processes of each service', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { faults, load } = planOf(seed, drawing);
      expect(faults.length).toBeGreaterThanOrEqual(10);
      expect(load.length).toBeGreaterThanOrEqual(20);
    }
    expect(shop.instances).toBe(2);
  });
});
