import { describe, expect, it } from 'vitest';
import { refrain as runRefrain } from '../cli/refrain.fixture.ts';

const refrain = (...argv: string[]) => runRefrain(argv);

describe('refrain sim', () => {
  it('tells under --json how many seeds it tried, in one document', { timeout: 60_000 }, async () => {
    const { code, out, err } = await refrain('sim', '--seeds', '2', '--from', '5', '--orders', '3', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({ from: 5, seeds: 2, orders: 3, failing: [] });
    expect(report['faults']).toHaveProperty('crash at an await');
    expect(report['faults']).toHaveProperty('lost tail');
  });

  it('simulates one seed, and only the faults that are named', { timeout: 60_000 }, async () => {
    const asked = ['--seed', '9', '--faults', 'crash,provider outage', '--orders', '2'];
    const { code, out } = await refrain('sim', ...asked);
    expect(code).toBe(0);
    expect(out).toContain('1 seed from 9, 2 orders each: 0 broke a promise');
    expect(out).toMatch(/^crash +\d+ times +under \d of them$/m);
    expect(out).not.toContain('broker restart');
  });

  it('refuses a fault that there is not, and names those there are', async () => {
    const { code, err } = await refrain('sim', '--faults', 'rain');
    expect(code).toBe(2);
    expect(err).toMatch(/--faults: no fault is called "rain"; there are: crash, .*Nothing was simulated\./);
  });
});
