import { expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { spoilTheKey } from '../support/spoiled-key.ts';
import { typed } from '../support/typed.ts';

const shop = attachShop(inject('shop'));
const refrain = (...argv: string[]) => typed(shop.env, ...argv);
const doors = shopDoors(shop);

interface Listed {
  operations: { id: string; flow: string; state: string; needs?: string[] }[];
}
interface Letters {
  deadLetters: { id: string; flow: string; operation?: string; error: string }[];
}
interface Audited {
  violations: unknown[];
  waiting: { orderId: string; answer?: string }[];
}

const operationOf = async (flow: string): Promise<Listed['operations'][0] | undefined> =>
  ((await refrain('retries', 'ls', '--flow', flow)).document as Listed).operations[0];
const lettersOf = async (flow: string): Promise<Letters['deadLetters']> =>
  ((await refrain('dead-letters', 'ls', '--flow', flow)).document as Letters).deadLetters;
const audit = async (): Promise<Audited> => (await refrain('audit')).document as Audited;
const said = ['--why', 'a test'] as const;

test('a mail that may have gone out is listed, a person says that it did, and nothing is left', async () => {
  await doors.setFaults('mail', { mode: 'fail_after' });
  const flow = await doors.place();
  await expect.poll(async () => (await operationOf(flow))?.state, { timeout: 20_000 }).toBe('waiting');
  await doors.setFaults('mail', { mode: 'none' });
  const { id = '', needs } = (await operationOf(flow)) ?? {};
  expect(needs).toEqual(['verdict']);
  const asked = (await audit()).waiting.find(({ orderId }) => orderId === flow);
  expect(asked?.answer).toContain(`npx refrain verdict ${id} happened|not-happened`);

  expect((await refrain('verdict', id, 'happened')).code).toBe(2); // without a reason
  expect(await refrain('retries', 'now', id, ...said)).toMatchObject({ code: 1 });
  const verdict = () => refrain('verdict', id, 'happened', ...said);
  expect(await verdict()).toMatchObject({ code: 0, document: { changed: true } });
  expect(await verdict()).toMatchObject({ code: 0, document: { changed: false } });
  expect((await refrain('verdict', id, 'not-happened', ...said)).code).toBe(1);

  const { violations, waiting } = await audit();
  expect(violations).toEqual([]);
  expect(waiting.filter(({ orderId }) => orderId === flow)).toEqual([]);
  expect((await doors.mails()).filter(({ orderId }) => orderId === flow)).toHaveLength(1);
  const why = await refrain('why', id);
  expect(why).toMatchObject({ code: 0, document: { status: 'closed', flow } });
  expect(JSON.stringify(why.document)).toContain('A person said that it happened');
});

test('a mail that did not go out is sent by the next attempt, and the audit finds that right', async () => {
  await doors.setFaults('mail', { mode: 'fail_after' });
  const flow = await doors.place();
  await expect.poll(async () => (await operationOf(flow))?.state, { timeout: 20_000 }).toBe('waiting');
  await doors.setFaults('mail', { mode: 'none' });
  const { id = '' } = (await operationOf(flow)) ?? {};
  expect((await refrain('verdict', id, 'not-happened', ...said)).code).toBe(0);
  const mails = async () => (await doors.mails()).filter(({ orderId }) => orderId === flow).length;
  await expect.poll(mails, { timeout: 20_000 }).toBe(2);
  await expect.poll(async () => await operationOf(flow), { timeout: 20_000 }).toBeUndefined();
  expect((await audit()).violations).toEqual([]);
});

test('a charge that fails as nobody expected is a dead letter, and a person settles the order', async () => {
  await doors.setFaults('psp', { mode: 'slow', steps: ['create'], delayMs: 3_000 });
  const flow = await doors.place();
  await spoilTheKey(doors, flow);
  await doors.setFaults('psp', { mode: 'none' });
  await expect.poll(() => lettersOf(flow), { timeout: 20_000 }).toHaveLength(1);
  const [letter] = await lettersOf(flow);
  const { id = '', operation = '' } = letter ?? {};
  expect((await refrain('dead-letters', 'show', id)).code).toBe(0);
  const dry = await refrain('dead-letters', 'redrive', id, '--dry-run');
  expect(dry).toMatchObject({ code: 0, document: { dryRun: true, succeeded: 1 } });
  const redriven = await refrain('dead-letters', 'redrive', '--flow', flow, ...said);
  expect(redriven).toMatchObject({ code: 0, document: { succeeded: 1 } });
  // The provider says the same: it is another dead letter, and the first one is not taken for it.
  await expect.poll(async () => (await lettersOf(flow))[0]?.id, { timeout: 20_000 }).not.toBe(id);
  await expect.poll(() => lettersOf(flow), { timeout: 20_000 }).toHaveLength(1);
  const again = await refrain('dead-letters', 'redrive', id, ...said);
  expect(again).toMatchObject({ document: { succeeded: 0, already: 1 } });

  expect((await refrain('verdict', operation, 'not-happened', ...said)).code).toBe(0);
  expect(await doors.settled(flow)).toMatchObject({ status: 'cancelled', reason: 'charge_failed' });
  expect(await lettersOf(flow)).toEqual([]);
  const { violations, waiting } = await audit();
  expect(violations).toEqual([]);
  expect(waiting.filter(({ orderId }) => orderId === flow)).toEqual([]);
});

test('every door refuses what it does not know, and what it does not understand', async () => {
  for (const url of [doors.urls.orders, doors.urls.inventory]) {
    expect((await doors.ask(`${url}/operator/operations/nobody`)).status).toBe(404);
    expect((await doors.ask(`${url}/operator/operations?limit=1001`)).status).toBe(400);
    expect((await doors.post(`${url}/operator/dead-letters/redrive`, { all: true })).status).toBe(400);
    const by = { by: 'a', host: 'b', why: 'c' };
    expect((await doors.post(`${url}/operator/dead-letters/nobody/resolve`, by)).status).toBe(404);
    expect((await doors.post(`${url}/operator/sweep`, {})).status).toBe(200);
  }
  expect(await refrain('why', 'nobody')).toMatchObject({
    code: 1,
    document: { error: { code: 'FINDING', exit: 1 } },
  });
  expect((await refrain('repair')).code).toBe(0);
});
