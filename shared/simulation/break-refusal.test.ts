import { expect, it } from 'vitest';
import { definitionOf, Fault, Run } from './breakable.fixture.ts';

it('a refusal that answers an overtaken attempt closes nothing: the money may be on its way', async () => {
  let calls = 0;
  const refused = Promise.withResolvers<string>();
  const run = new Run(() =>
    definitionOf({
      call: async () => {
        await run.world.clock.sleep(5);
        calls++;
        if (calls === 1) return await refused.promise;
        if (calls <= 3) throw new Fault('broken');
        return 'ref';
      },
    }),
  );
  run.start();
  run.ask();
  expect(await run.until(() => calls === 1)).toBe(true);
  // The second instance gets the delivery too: the broker restarted, and forgot that it is out.
  run.start();
  await run.pass(50);
  for (let i = 0; i < 8; i++) {
    if (calls > 1) break;
    run.world.broker.restart();
    await run.pass(20);
  }
  const failures = (): number => run.types().filter((type) => type === 'refrain.AttemptFailed').length;
  expect(await run.until(() => failures() === 2, 900)).toBe(true);
  refused.reject(new Fault('refused')); // it was asked before both of them
  await run.pass(50);
  expect(run.types()).not.toContain('Refused');
  expect(await run.until(() => run.types().includes('Done'))).toBe(true);
});
