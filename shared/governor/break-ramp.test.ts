import { expect, it } from 'vitest';
import { type Model, runModel } from './model.fixture.ts';

/** An outage of 40 s; from then on one call of ten fails, which is no reason to slow anything. */
const dependency: Model['dependency'] = (at) =>
  at > 20_000 && at < 60_000 ? { failing: 1, as: 'outage' } : at >= 60_000 ? { failing: 0.1 } : {};

it('a ramp is over after ten minutes at most, also where a tenth of calls goes on failing', () => {
  const run = runModel({ seed: 1, seconds: 1_200, instances: 3, offered: () => 40, dependency });
  const ramping = run.words.filter(({ at, word }) => at > 60_000 + 660_000 && word.ramp);
  expect(ramping.length).toBe(0);
}, 60_000);
