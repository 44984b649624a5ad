import { beforeEach, describe, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'mended' };
const all = { ...said, all: true };

beforeEach(mended);

/** A run in which nobody could decide the events of these names. */
async function withLetters(seed: number, ...names: string[]): Promise<DeskRun> {
  code.askThrows = true;
  const run = new DeskRun(seed);
  for (const name of names) run.place(name);
  const defects = (): number => run.types().filter((type) => type === 'refrain.Defect').length;
  await run.until(() => defects() === names.length, 20_000);
  return run;
}

describe('a dead letter', () => {
  it('is listed with its error, and driven again it is decided under the same cause', async () => {
    const run = await withLetters(1, 'a');
    const { items } = await run.does((desk) => desk.deadLetters());
    expect(items).toMatchObject([{ entity: 'slip/a', reaction: 'ask', flow: 'a', redrivable: true }]);
    mended();
    expect(await run.does((desk) => desk.redrive(all))).toMatchObject({ succeeded: 1, failed: 0 });
    await run.until(() => run.has('Posted'));
    expect(run.types()).toEqual(['refrain.Defect', 'refrain.Redrive', 'Asked', 'Paid', 'Written', 'Posted']);
    const [defect, , asked] = run.events();
    expect(asked?.cause).toBe(defect?.cause);
    expect((await run.does((desk) => desk.deadLetters())).items).toEqual([]);
  });

  it('driven again and failing again is another one, under another id, and can be driven once more', async () => {
    const run = await withLetters(2, 'a');
    expect(await run.does((desk) => desk.redrive(all))).toMatchObject({ succeeded: 0, failed: 1 });
    const [first, again] = run.events().filter(({ type }) => type === 'refrain.Defect');
    expect(again?.id).not.toBe(first?.id);
    expect((await run.does((desk) => desk.deadLetters())).items).toMatchObject([{ id: again?.id }]);
    // The answer to the first redrive got lost, and it is sent again: nothing changes.
    const ids = [first?.id ?? ''];
    expect(await run.does((desk) => desk.redrive({ ...said, ids }))).toMatchObject({ already: 1 });
    mended();
    expect(await run.does((desk) => desk.redrive(all))).toMatchObject({ succeeded: 1 });
    expect(run.types().filter((type) => type === 'refrain.Redrive')).toHaveLength(2);
    expect(run.types().filter((type) => type === 'Asked')).toHaveLength(1);
  });

  it('is not swallowed as a duplicate because its cause was here before', async () => {
    const run = await withLetters(3, 'a');
    run.clerk.kill(); // no cache knows anything
    mended();
    run.start();
    await run.does((desk) => desk.redrive(all));
    expect(await run.until(() => run.has('Posted'))).toBe(true);
  });

  it('driven again as one of a group and alone at the same time is decided once', async () => {
    const run = await withLetters(4, 'a', 'b', 'c');
    const [letter] = (await run.does((desk) => desk.deadLetters())).items;
    const other = run.clerk;
    run.start();
    mended();
    // Another person: what one and the same person says twice at one moment is one commit in any case.
    const alone = { ...said, by: 'bob', ids: [letter?.id ?? ''] };
    const results = await run.does(
      async (desk) =>
        await Promise.all([
          desk.redrive({ ...said, group: letter?.group }),
          other.host.desk.redrive(alone),
          desk.redrive(alone),
        ]),
    );
    const succeeded = results.reduce((sum, report) => sum + report.succeeded, 0);
    expect(succeeded).toBe(3);
    await run.until(() => run.types().filter((type) => type === 'Posted').length === 3);
    expect(run.types().filter((type) => type === 'refrain.Redrive')).toHaveLength(3);
    expect(run.types().filter((type) => type === 'Asked')).toHaveLength(3);
    expect(run.posted).toHaveLength(3);
  });

  it('clicked twice is driven again once, and the second click is told so', async () => {
    const run = await withLetters(5, 'a');
    const [letter] = (await run.does((desk) => desk.deadLetters())).items;
    mended();
    const ids = [letter?.id ?? ''];
    expect(await run.does((desk) => desk.redrive({ ...said, ids }))).toMatchObject({ succeeded: 1 });
    expect(await run.does((desk) => desk.redrive({ ...said, ids }))).toMatchObject({
      succeeded: 0,
      already: 1,
    });
    expect(run.types().filter((type) => type === 'refrain.Redrive')).toHaveLength(1);
  });

  it('is decided by the next process when this one dies between the word and the decision', async () => {
    const run = await withLetters(6, 'a');
    mended();
    void run.clerk.host.desk.redrive(all).catch(() => {});
    await run.until(() => run.has('refrain.Redrive'), 60_000);
    run.clerk.kill();
    expect(run.has('Asked')).toBe(false);
    run.start();
    expect(await run.until(() => run.has('Posted'), 60_000)).toBe(true);
    expect(run.types().filter((type) => type === 'Asked')).toHaveLength(1);
  });

  it('whose event never became a command lies with its source, and is answered there', async () => {
    code.toCommandThrows = true;
    const run = new DeskRun(7);
    run.place('a');
    await run.until(() => run.has('refrain.Defect'));
    expect((await run.does((desk) => desk.deadLetters())).items).toMatchObject([{ entity: 'intake/source' }]);
    mended();
    await run.does((desk) => desk.redrive(all));
    expect(await run.until(() => run.has('Posted'))).toBe(true);
    expect((await run.does((desk) => desk.deadLetters())).items).toEqual([]);
    expect(run.has('refrain.Noted')).toBe(true);
  });

  it('of a deadline is decided again as well', async () => {
    code.expireThrows = true;
    const run = new DeskRun(8);
    run.place('a');
    await run.until(() => run.has('refrain.Defect', 'source'), 60_000);
    mended();
    const { desk } = run.source.host;
    expect(await run.does((own) => own.redrive(all), desk)).toMatchObject({ succeeded: 1 });
    expect(run.types('source')).toEqual(['Placed', 'refrain.Defect', 'refrain.Redrive', 'Expired']);
    expect((await run.does((own) => own.deadLetters(), desk)).items).toEqual([]);
  });

  it('that is resolved is decided no more, whatever is delivered again', async () => {
    const run = await withLetters(9, 'a');
    const [letter] = (await run.does((desk) => desk.deadLetters())).items;
    const id = letter?.id ?? '';
    expect(await run.does((desk) => desk.resolve(id, said))).toMatchObject({ changed: true });
    expect(await run.does((desk) => desk.resolve(id, said))).toMatchObject({ changed: false });
    expect(await run.does((desk) => desk.redrive(all))).toMatchObject({ succeeded: 0 });
    mended();
    run.clerk.kill();
    run.start();
    run.world.broker.redeliverAll();
    await run.pass(120_000);
    expect(run.types()).toEqual(['refrain.Defect', 'refrain.Resolved']);
  });
});

describe('a dry run', () => {
  it('says what would come of it, by error, and records nothing', async () => {
    const run = await withLetters(20, 'a', 'b');
    const before = run.types();
    const dry = { ...all, dryRun: true };
    expect(await run.does((desk) => desk.redrive(dry))).toMatchObject({
      failed: 2,
      errors: [{ error: 'cannot decide … of …', letters: 2 }],
    });
    mended();
    expect(await run.does((desk) => desk.redrive(dry))).toMatchObject({ succeeded: 2, failed: 0 });
    await run.pass(60_000);
    expect(run.types()).toEqual(before);
  });

  it('knows the group by reaction and error, without what differs', async () => {
    const run = await withLetters(21, 'a', 'b', 'c');
    const groups = await run.does((desk) => desk.deadLetterGroups());
    expect(groups).toMatchObject([{ reaction: 'ask', letters: 3 }]);
  });
});
