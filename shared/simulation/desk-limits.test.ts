import { newCommit } from '@refrain/event-log';
import { beforeEach, expect, it } from 'vitest';
import { code, DeskRun, mended } from './desk.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'mended' };
const all = { ...said, all: true };

beforeEach(mended);

it('a dead letter of a hot entity is refused, since its cursor has passed it, and can be resolved', async () => {
  code.addThrows = true;
  const run = new DeskRun(1);
  run.place('a');
  const letters = async () => (await run.does((desk) => desk.deadLetters())).items;
  await run.until(() => run.has('Posted'));
  await run.pass(20_000);
  const [letter] = await letters();
  expect(letter).toMatchObject({ entity: 'pool/main', reaction: 'add' });
  mended();
  const { refused } = await run.does((desk) => desk.redrive(all));
  expect(refused).toMatchObject([{ problem: expect.stringContaining('answers each request once') }]);
  expect(await run.does((desk) => desk.resolve(letter?.id ?? '', said))).toMatchObject({ changed: true });
  expect(await letters()).toEqual([]);
  run.place('b'); // and the hot entity goes on
  await run.pass(20_000);
  const pool = run.world.broker.commitsOf('clerk').filter(({ entity }) => entity.entityType === 'pool');
  expect(pool.at(-1)?.types).toEqual(['refrain.Noted.1']);
});

it('an event that is too large for a dead letter is not kept, and the redrive says what to do instead', async () => {
  code.askThrows = true;
  const run = new DeskRun(2);
  run.place('a', 'x'.repeat(65 * 1024));
  await run.until(() => run.has('refrain.Defect'));
  const { items } = await run.does((desk) => desk.deadLetters());
  expect(items).toMatchObject([{ redrivable: false }]);
  mended();
  const { refused } = await run.does((desk) => desk.redrive(all));
  expect(refused[0]?.problem).toContain(`npx refrain dead-letters resolve ${items[0]?.id}`);
  expect(run.types()).toEqual(['refrain.Defect']);
});

it('an unsafe effect that a defect has stopped is not called again by a redrive: a person is asked', async () => {
  code.post = 'surprise';
  const run = new DeskRun(3);
  run.place('a');
  await run.until(() => run.has('refrain.Defect'));
  mended();
  expect(await run.does((desk) => desk.redrive(all))).toMatchObject({ succeeded: 1 });
  await run.pass(120_000);
  expect(run.posted).toHaveLength(1);
  expect(run.types().at(-1)).toBe('PostLost');
  expect(await run.open()).toMatchObject({ state: 'waiting', needs: ['verdict'] });
});

it('a keyed effect that a defect has stopped goes on under its key', async () => {
  code.pay = 'surprise';
  const run = new DeskRun(4);
  run.place('a');
  await run.until(() => run.has('refrain.Defect'));
  const { id } = await run.open();
  mended();
  expect(await run.does((desk) => desk.redrive({ ...said, ids: [id] }))).toMatchObject({ succeeded: 1 });
  await run.until(() => run.has('Posted'));
  expect(new Set(run.paid).size).toBe(1);
});

it('what a newer build wrote is shown as waiting, and is no defect', async () => {
  const run = new DeskRun(5);
  const entity = { service: 'source', entityType: 'root', entityId: 'a' };
  const event = {
    id: 'e',
    type: 'Placed',
    version: 2,
    cause: 'request:x',
    reaction: 'place',
    correlation: 'a',
  };
  run.world.broker.publish(newCommit({ entity, expected: 0, events: [{ ...event, data: { id: 'a' } }] }));
  await run.pass(6_000);
  const { desk } = run.clerk.host;
  expect(desk.newerEvents()).toMatchObject([{ source: 'source', type: 'Placed', version: 2 }]);
  expect((await run.does((own) => own.deadLetters())).items).toEqual([]);
});

it('lists come in pages, and go on where the last one ended', async () => {
  code.askThrows = true;
  const run = new DeskRun(6);
  for (const name of ['a', 'b', 'c']) run.place(name);
  await run.until(() => run.types().length === 3);
  const first = await run.does((desk) => desk.deadLetters({ limit: 2 }));
  expect(first.items).toHaveLength(2);
  const rest = await run.does((desk) => desk.deadLetters({ limit: 2, after: first.next }));
  expect(rest.items).toHaveLength(1);
  expect(rest).not.toHaveProperty('next');
  const ids = [...first.items, ...rest.items].map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
});
