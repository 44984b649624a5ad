import { describe, expect, it } from 'vitest';
import { main } from '../cli/main.ts';

async function refrain(...argv: string[]) {
  let [stdout, stderr] = ['', ''];
  const code = await main(
    argv,
    {},
    {
      stdout: { write: (text: string) => void (stdout += text) },
      stderr: { write: (text: string) => void (stderr += text) },
    },
  );
  return { code, stdout, stderr };
}

describe('refrain sim', () => {
  it('tells under --json how many seeds it tried, in one document', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await refrain(
      'sim',
      '--seeds',
      '2',
      '--from',
      '5',
      '--orders',
      '3',
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ from: 5, seeds: 2, orders: 3, failing: [] });
    expect(report['faults']).toHaveProperty('crash at an await');
    expect(report['faults']).toHaveProperty('lost tail');
  });

  it('simulates one seed, and only the faults that are named', { timeout: 60_000 }, async () => {
    const asked = ['--seed', '9', '--faults', 'crash,provider outage', '--orders', '2'];
    const { code, stdout } = await refrain('sim', ...asked);
    expect(code).toBe(0);
    expect(stdout).toContain('1 seed from 9, 2 orders each: 0 broke a promise');
    expect(stdout).toMatch(/^crash +\d+ times +under \d of them$/m);
    expect(stdout).not.toContain('broker restart');
  });

  it('refuses a fault that there is not, and names those there are', async () => {
    const { code, stderr } = await refrain('sim', '--faults', 'rain');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--faults: no fault is called "rain"; there are: crash, .*Nothing was simulated\./,
    );
  });
});
