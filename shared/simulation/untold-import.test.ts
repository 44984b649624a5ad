import { expect, it } from 'vitest';
import { definitionOf, Run } from './breakable.fixture.ts';

const record = JSON.stringify({ v: 1, phase: 'held', sha256: 'a', positions: {} });

it.each([
  ['before it begins', 'recovery.read'],
  ['while it begins to hear', 'log.subscribe'],
])('who was told of no import, and one comes %s, calls nobody and ends', async (_, point) => {
  let calls = 0;
  const run = new Run(
    () => definitionOf({ call: async () => (++calls, await new Promise<never>(() => {})) }),
    { recovering: true },
  );
  const first = run.start();
  run.ask();
  await run.until(() => calls === 1);
  first.kill();
  run.world.onPoint = ({ call, phase }) => {
    if (phase === 'before' && call === point)
      run.world.broker.recovery.write({ key: 'import', value: record, expected: 0, id: 'import' });
  };
  const second = run.start();
  await run.pass(120_000); // by then its delivery has come again
  expect([second.alive, calls]).toEqual([false, 1]);
});

it('who was told calls nobody and lives', async () => {
  let calls = 0;
  const run = new Run(() => definitionOf({ call: async () => String(++calls) }), { recovering: true });
  run.world.broker.recovery.write({ key: 'import', value: record, expected: 0, id: 'import' });
  const instance = run.start({ held: true });
  run.ask();
  await run.pass(30_000);
  expect([instance.alive, calls, run.types()]).toEqual([true, 0, ['Asked']]);
});
