import type { NewCommit } from '@refrain/event-log';
import { describe, expect, it } from 'vitest';
import { type Fate, ToyRun } from './toy-world.fixture.ts';

const isFirstFailure = ({ events }: Pick<NewCommit, 'events'>): boolean =>
  events.some(({ type, data }) => type === 'refrain.AttemptFailed' && (data as { n: number }).n === 1);

/**
 * One instance's failure of attempt 1 is stored, and the first acknowledgement of it is lost. Before its
 * append is sent again, a second later, another instance has got the same delivery, and makes attempt 2.
 */
async function withLostFailure(fates: { call?: Fate[]; tell?: Fate[] }): Promise<ToyRun> {
  const run = new ToyRun(1);
  const { broker, clock } = run.world;
  run.fates.push(...(fates.call ?? []));
  run.tellFates.push(...(fates.tell ?? []));
  run.start('worker');
  const publish = broker.publish.bind(broker);
  let lost = false;
  broker.publish = (commit) => {
    const answer = publish(commit);
    if (lost || !isFirstFailure(commit)) return answer;
    lost = true;
    return { kind: 'silent' };
  };
  void run.place('t');
  await run.until(() => lost, 20_000);
  run.start('worker');
  const until = clock.now() + 1_000;
  const deliverAgain = (): void => {
    if (clock.now() > until) return;
    broker.redeliverAll();
    clock.at(clock.now() + 200, deliverAgain);
  };
  clock.at(clock.now() + 100, deliverAgain);
  return run;
}

describe('a failure whose acknowledgement was lost', () => {
  it('leaves the start mark of another instance standing: nothing is sent twice unasked', async () => {
    const run = await withLostFailure({ tell: ['broken before'] }); // surely not sent; then all is well
    const two = run.instances.at(-1);
    expect(await run.until(() => run.told.length === 1, 900)).toBe(true);
    two?.kill(); // the letter is in the box, and nobody knows
    await run.pass(600_000);
    expect(run.told).toEqual(['t']); // nobody gave a word
  });

  it('stands on record once, whoever recorded another one meanwhile', async () => {
    const run = await withLostFailure({ call: ['broken before', 'broken before'] });
    await run.until(() => run.has('Done'), 60_000);
    const failed = run.types('worker').filter((type) => type === 'refrain.AttemptFailed');
    expect(run.calls).toHaveLength(failed.length + 1); // each call that failed, and the one that did not
  });
});
