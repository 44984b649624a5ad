import { beforeEach, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'seen to' };

beforeEach(mended);

/** Two instances give the same letter up at once; the second one's append takes its time. */
it('a giving-up that comes after a verdict does not take it back', async () => {
  code.post = 'unknown';
  const run = new DeskRun(1);
  const { broker } = run.world;
  // The first instance is slow with its giving-up: it stands on its way while others go on.
  const publish = broker.publish.bind(broker);
  let slow = true;
  broker.publish = (commit) => {
    const gives = commit.events.some(({ type }) => type === 'PostLost');
    return gives && slow ? { kind: 'silent' } : publish(commit); // lost on its way
  };
  run.place('a');
  await run.until(() =>
    run.events().some(({ data }) => (data as { failure?: string }).failure === 'unknown'),
  );
  await run.pass(100);
  run.start();
  for (let i = 0; i < 4; i++) {
    broker.redeliverAll(); // and the second one gets it as well
    await run.pass(1_200);
  }
  // Its giving-up goes through first, and a person speaks at once.
  let gone = 0;
  broker.publish = (commit) => {
    const gives = commit.events.some(({ type }) => type === 'PostLost');
    if (gives && gone++ > 0 && slow) return { kind: 'silent' };
    return publish(commit);
  };
  expect(await run.until(() => run.has('PostLost'), 30_000)).toBe(true);
  const { id, attempts: attempt } = await run.open();
  mended();
  const { schedules } = broker;
  const set = schedules.set.bind(schedules);
  schedules.set = () => {}; // its alarm takes its time
  await run.does((desk) => desk.verdict(id, { ...said, happened: false, attempt }));
  slow = false;
  await run.pass(3_000);
  schedules.set = set;
  expect(run.types().filter((type) => type === 'PostLost')).toHaveLength(1);
});
