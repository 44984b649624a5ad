import { expect, it } from 'vitest';
import { killAt, pointsOf } from './every-point.ts';
import { toyScenario } from './toy-scenario.fixture.ts';

const load = [{ atMs: 100, kind: 'thing', args: { id: 't' } }];
const plan = { seed: 1, faults: [], load };

it('lists the points before and after each call by itself, and kills at every one', {
  timeout: 60_000,
}, async () => {
  const points = await pointsOf(toyScenario(), plan);
  expect(points).toContain('source: before log.append of Placed');
  expect(points).toContain('worker: after world.call');
  expect(points).toContain('worker: after delivery.ack of Placed in worker');
  for (const label of points) {
    const { reached, findings } = await killAt(toyScenario(), plan, label);
    expect({ label, reached, findings }).toEqual({ label, reached: true, findings: [] });
  }
});

it('says so when nobody came to the point, and finds what breaks there', async () => {
  expect(await killAt(toyScenario(), plan, 'worker: after lunch')).toMatchObject({ reached: false });
  const bad = await killAt(toyScenario('forgets its keys'), plan, 'worker: after world.call');
  expect(bad).toMatchObject({ reached: true, findings: [{ invariant: 'a thing is done once' }] });
});
