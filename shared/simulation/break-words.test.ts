import { beforeEach, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'seen to' };

beforeEach(mended);

/**
 * "It did not happen" opens the letter again; before attempt 2 begins a person wants no further attempt.
 * Nothing is unknown then: the letter did not go out, and none is to follow.
 */
it('a letter that was opened again and then cancelled is ended, also when the verdict is said again', async () => {
  code.post = 'unknown';
  const run = new DeskRun(1);
  run.place('a');
  await run.until(() => run.has('PostLost'));
  const { id, attempts: attempt } = await run.open();
  const { schedules } = run.world.broker;
  const set = schedules.set.bind(schedules);
  schedules.set = () => {}; // the alarm takes its time
  const no = { ...said, happened: false, attempt };
  await run.does((desk) => desk.verdict(id, no));
  await run.does((desk) => desk.cancel(id, said));
  schedules.set = set;
  await run.does((desk) => desk.cancel(id, said)); // said again: now the alarm rings
  await run.pass(60_000);

  // The answer to the first verdict was lost on its way: it is sent again.
  expect(await run.does((desk) => desk.verdict(id, no))).toMatchObject({ changed: false });
  await run.pass(60_000);
  expect(run.posted).toHaveLength(1);
  expect((await run.does((desk) => desk.operations())).items).toEqual([]);

  // Every event has an id of its own.
  const ids = run.events().map((event) => event.id);
  expect(new Set(ids).size).toBe(ids.length);
});
