import { beforeEach, describe, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'seen to' };

beforeEach(mended);

/** A run whose letter may have gone out: nobody but a person can know. */
async function withUnknownPost(seed: number): Promise<{ run: DeskRun; id: string; attempt: number }> {
  code.post = 'unknown';
  const run = new DeskRun(seed);
  run.place('a');
  await run.until(() => run.has('PostLost'));
  const { id, attempts } = await run.open();
  return { run, id, attempt: attempts };
}

describe('a verdict', () => {
  it('that it happened records the success in the same commit, and nothing is sent again', async () => {
    const { run, id, attempt } = await withUnknownPost(1);
    expect(await run.open()).toMatchObject({ state: 'waiting', needs: ['verdict'] });
    const verdict = { ...said, happened: true, attempt };
    expect(await run.does((desk) => desk.verdict(id, verdict))).toMatchObject({ changed: true });
    await run.pass(120_000);
    expect(run.types().slice(-2)).toEqual(['refrain.Verdict', 'Posted']);
    expect(run.world.broker.commitsOf('clerk').at(-1)?.types).toHaveLength(2);
    expect(run.events().at(-1)?.cause).toBe(`outcome:${id}:1:happened`);
    expect(run.posted).toHaveLength(1);
  });

  it('that it did not happen opens the operation again, and the next attempt bears the next number', async () => {
    const { run, id, attempt } = await withUnknownPost(2);
    mended();
    await run.does((desk) => desk.verdict(id, { ...said, happened: false, attempt }));
    expect(await run.until(() => run.has('Posted'), 10_000)).toBe(true);
    expect(run.posted).toHaveLength(2);
    const starts = run.events().filter(({ type }) => type === 'refrain.AttemptStarted');
    expect(starts.map(({ data }) => (data as { n: number }).n)).toEqual([1, 2]);
  });

  it('said twice is on record once; the opposite is refused', async () => {
    const { run, id, attempt } = await withUnknownPost(3);
    const yes = { ...said, happened: true, attempt };
    await run.does((desk) => desk.verdict(id, yes));
    expect(await run.does((desk) => desk.verdict(id, yes))).toMatchObject({ changed: false });
    const no = run.does((desk) => desk.verdict(id, { ...yes, happened: false }));
    await expect(no).rejects.toThrow(/RF_DESK_REFUSED.*"happened" is on record for attempt 1/s);
    expect(run.types().filter((type) => type === 'refrain.Verdict')).toHaveLength(1);
  });

  it('sent again after its answer was lost is not taken for the next attempt', async () => {
    const { run, id, attempt } = await withUnknownPost(4);
    const no = { ...said, happened: false, attempt };
    await run.does((desk) => desk.verdict(id, no)); // and the second letter may have gone out as well
    await run.until(() => run.types().filter((type) => type === 'PostLost').length === 2);
    expect(await run.does((desk) => desk.verdict(id, no))).toMatchObject({ changed: false });
    await run.pass(120_000);
    expect(run.posted).toHaveLength(2);
    expect(await run.does((desk) => desk.verdict(id, { ...no, attempt: 2 }))).toMatchObject({
      changed: true,
    });
    await run.until(() => run.posted.length === 3);
  });

  it('on an operation whose outcome is on record is refused, and so is one on what goes on by itself', async () => {
    const run = new DeskRun(5);
    run.place('a');
    await run.until(() => run.has('Posted'));
    const { operation: paid = '' } = run.events().find(({ type }) => type === 'Asked') ?? {};
    const yes = { ...said, happened: true, attempt: 1 };
    await expect(run.does((desk) => desk.verdict(paid, yes))).rejects.toThrow('its outcome is on record');
    await expect(run.does((desk) => desk.verdict('nobody', yes))).rejects.toThrow('RF_DESK_UNKNOWN');
    code.pay = 'broken';
    run.place('b');
    await run.until(() => run.events().some(({ type }) => type === 'refrain.AttemptFailed'));
    const open = await run.open();
    const early = run.does((desk) => desk.verdict(open.id, { ...yes, attempt: open.attempts }));
    await expect(early).rejects.toThrow('it goes on by itself');
  });

  it('without a way to record the success is refused with what to do instead; "not-happened" ends it', async () => {
    code.pay = 'broken';
    const run = new DeskRun(6);
    run.place('a');
    await run.until(() => run.has('PayLost'));
    const { id, attempts: attempt } = await run.open();
    const yes = run.does((desk) => desk.verdict(id, { ...said, happened: true, attempt }));
    await expect(yes).rejects.toThrow(`npx refrain retries now ${id}`);
    const old = run.does((desk) => desk.verdict(id, { ...said, happened: false, attempt: attempt - 1 }));
    await expect(old).rejects.toThrow(`attempt ${attempt} has been made since attempt ${attempt - 1}`);
    await run.does((desk) => desk.verdict(id, { ...said, happened: false, attempt }));
    expect(run.types().slice(-2)).toEqual(['refrain.Verdict', 'NotPaid']);
    await run.pass(7_200_000);
    expect(run.types().at(-1)).toBe('NotPaid');
  });

  it('settles what a defect of the effect has stopped', async () => {
    code.post = 'surprise';
    const run = new DeskRun(7);
    run.place('a');
    await run.until(() => run.has('refrain.Defect'));
    const { id, attempts: attempt, state, needs } = await run.open();
    expect({ state, needs }).toEqual({ state: 'defect', needs: ['redrive', 'verdict'] });
    await run.does((desk) => desk.verdict(id, { ...said, happened: true, attempt }));
    expect(run.types().at(-1)).toBe('Posted');
    expect((await run.does((desk) => desk.deadLetters())).items).toEqual([]);
  });
});

describe('a retry', () => {
  it('goes at once, and a second click on it changes nothing', async () => {
    code.pay = 'broken';
    const run = new DeskRun(20);
    run.place('a');
    await run.until(() => run.has('PayLost')); // asked again an hour later, if nobody says anything
    const { id, attempts: attempt } = await run.open();
    const calls = run.events().length;
    const [one, two] = await run.does(
      async (desk) =>
        await Promise.all([
          desk.retryNow(id, { ...said, attempt }),
          desk.retryNow(id, { ...said, attempt, by: 'bob' }),
        ]),
    );
    expect(new Set([one?.changed, two?.changed])).toEqual(new Set([false, true]));
    expect(await run.until(() => run.events().length > calls + 1, 5_000)).toBe(true);
    const again = run.does((desk) => desk.retryNow(id, { ...said, attempt }));
    await expect(again).rejects.toThrow(`attempt ${attempt + 1} has been made since`);
    expect(run.types().filter((type) => type === 'refrain.RetryRequested')).toHaveLength(1);
  });

  it('is not forgotten when its alarm is lost', async () => {
    code.pay = 'broken';
    const run = new DeskRun(21);
    run.place('a');
    await run.until(() => run.has('PayLost'));
    await run.pass(6 * 3_600_000); // by now it is asked about once an hour
    const { id, attempts, due = '' } = await run.open();
    expect(Date.parse(due) - run.world.clock.now()).toBeGreaterThan(600_000);
    const { schedules } = run.world.broker;
    const set = schedules.set.bind(schedules);
    schedules.set = () => {}; // it dies between the word and the alarm
    await run.does((desk) => desk.retryNow(id, said));
    run.clerk.kill();
    schedules.set = set;
    run.start();
    const failures = (): number => run.events().filter(({ type }) => type === 'refrain.AttemptFailed').length;
    expect(await run.until(() => failures() > attempts, 120_000)).toBe(true);
  });
});

describe('a cancellation', () => {
  it('ends the attempts: the provider is asked, and then it waits for a person', async () => {
    code.pay = 'broken';
    const run = new DeskRun(30);
    run.place('a');
    await run.until(() => run.events().some(({ type }) => type === 'refrain.AttemptFailed'));
    const { id } = await run.open();
    expect(await run.does((desk) => desk.cancel(id, said))).toMatchObject({ changed: true });
    expect(await run.does((desk) => desk.cancel(id, said))).toMatchObject({ changed: false });
    const paid = run.paid.length;
    await run.until(() => run.has('PayLost'));
    expect(run.paid.length).toBeLessThanOrEqual(paid + 1); // one may have been under way
    expect(await run.open()).toMatchObject({ state: 'waiting' });
  });
});

describe('attempts', () => {
  it('are not forgotten when the process is started anew: the count goes on', async () => {
    code.pay = 'broken';
    const run = new DeskRun(40);
    run.place('a');
    const failures = () => run.events().filter(({ type }) => type === 'refrain.AttemptFailed');
    await run.until(() => failures().length === 2);
    run.clerk.kill();
    run.start();
    await run.until(() => run.has('PayLost'));
    expect(run.paid).toHaveLength(3); // as many as the rule has, over both processes
    const numbers = failures().map(({ data }) => (data as { n: number }).n);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('that end are told: what was given up stands in the list with what it needs', async () => {
    const { run } = await withUnknownPost(41);
    await run.pass(6 * 3_600_000);
    expect(await run.open()).toMatchObject({
      state: 'waiting',
      dependency: 'mail',
      attempts: 1,
      lastFailure: { name: 'unknown', class: 'transient', happened: 'unknown' },
      needs: ['verdict'],
    });
  });
});

describe('the sweep, asked for', () => {
  it('says what it found and did', async () => {
    code.post = 'unsent';
    const run = new DeskRun(50);
    run.place('a');
    await run.until(() => run.has('Written'));
    const report = await run.does((desk) => desk.sweepNow());
    expect(report).toMatchObject({ open: 1, deadLetters: 0, redriven: 0 });
  });
});
