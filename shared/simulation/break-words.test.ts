import { beforeEach, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'seen to' };

beforeEach(mended);

/**
 * "It did not happen" opens the letter again; before attempt 2 begins a person wants no further attempt. It
 * is given up a second time after attempt 1, about which a verdict stands already.
 */
it('a letter that was opened again and then cancelled can still be settled by a person', async () => {
  code.post = 'unknown';
  const run = new DeskRun(1);
  run.place('a');
  await run.until(() => run.has('PostLost'));
  const { id, attempts: attempt } = await run.open();
  const { schedules } = run.world.broker;
  const set = schedules.set.bind(schedules);
  schedules.set = () => {}; // the alarm takes its time
  await run.does((desk) => desk.verdict(id, { ...said, happened: false, attempt }));
  await run.does((desk) => desk.cancel(id, said));
  schedules.set = set;
  await run.does((desk) => desk.cancel(id, said)); // said again: now the alarm rings
  await run.pass(60_000);
  const open = await run.open();
  expect(open).toMatchObject({ state: 'waiting', needs: ['verdict'] });

  // Every event has an id of its own.
  const ids = run.events().map((event) => event.id);
  expect.soft(new Set(ids).size).toBe(ids.length);

  // It needs a verdict, it says; so one of the two must be taken.
  const saying = (happened: boolean): Promise<boolean> =>
    run
      .does((desk) => desk.verdict(id, { ...said, happened, attempt: open.attempts }))
      .then(({ changed }) => changed)
      .catch(() => false);
  expect((await saying(true)) || (await saying(false))).toBe(true);
});
