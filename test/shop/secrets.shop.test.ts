import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { orderBody, shopDoors } from '../support/shop-doors.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const folder = join(shop.refrainData, 'logs');

/** Each is looked for as it is, and as it would stand in a header or a URL. */
const spellings = (value: string): string[] => [
  value,
  encodeURIComponent(value),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${value}:`).toString('base64').replace(/=+$/, ''),
];

function secrets(): string[] {
  const files = readdirSync(join(shop.refrainData, 'secrets'));
  const found = files.flatMap((file) => {
    const { password } = JSON.parse(readFileSync(join(shop.refrainData, 'secrets', file), 'utf8')) as {
      password: string;
    };
    return [password];
  });
  return [...found, 'sk_test_refrain_sandbox'];
}

/** What the shop said: every log file, and what stood on the terminal. */
const logs = (): { file: string; text: string }[] =>
  [...readdirSync(folder).map((name) => join(folder, name)), join(shop.refrainData, 'up.log')].map(
    (file) => ({
      file,
      text: readFileSync(file, 'utf8'),
    }),
  );

const countOf = (text: string): number =>
  logs().reduce((sum, log) => sum + log.text.split(text).length - 1, 0);

/** Waits until the log files have the text more than `before` times: the tests before have left theirs. */
async function logged(text: string, before: number): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (countOf(text) <= before) {
    if (performance.now() > giveUpAt) throw new Error(`no log tells of ${text} after 20 s`);
    await sleep(100);
  }
}

const emails = ['settled', 'declined', 'refused', 'trouble', 'invalid'].map(
  (name) => `${name}.person+x@customers.example.com`,
);

beforeAll(async () => {
  const [settled, declined, refused, trouble, invalid] = emails as [string, string, string, string, string];
  const of = (email: string, more: Parameters<typeof orderBody>[0] = {}) =>
    orderBody({ customer: { email }, ...more });
  const quiet = await Promise.all([
    doors.place(of(settled)),
    doors.place(of(declined, { paymentMethod: 'pm_card_chargeDeclined' })),
    doors.place(of(refused, { lines: [{ sku: 'rare-001', quantity: 6 }] })),
  ]);
  await Promise.all(quiet.map((orderId) => doors.settled(orderId)));
  // What goes wrong is told in the words of those it went wrong with.
  // Each heals once its failure is told: how often chance lets a call fail is not what is tested.
  for (const sandbox of ['psp', 'mail'] as const)
    await doors.setFaults(sandbox, { mode: 'fail_before', rate: 1 });
  const failures = [
    { sandbox: 'psp', failure: 'provider_error', before: countOf('provider_error') },
    { sandbox: 'mail', failure: 'mail_busy', before: countOf('mail_busy') },
  ] as const;
  const orderIds = await Promise.all(Array.from({ length: 4 }, () => doors.place(of(trouble))));
  for (const { sandbox, failure, before } of failures) {
    await logged(failure, before);
    await doors.setFaults(sandbox, { mode: 'none' });
  }
  await Promise.all(orderIds.map((orderId) => doors.settled(orderId)));
  await doors.post(`${doors.urls.orders}/orders`, { ...of(invalid), coupon: invalid });
  await sleep(200); // a line is written up to 100 ms late
});

test('the log files tell of these orders, and of what went wrong', () => {
  const text = logs()
    .map((log) => log.text)
    .join('\n');
  for (const told of ['MailSent', 'ChargeDeclined', 'attempt failed', 'mail_busy'])
    expect(text).toContain(told);
});

test('no password of the broker and no key of the provider is in any log file', () => {
  expect(secrets().length).toBeGreaterThan(5);
  for (const { file, text } of logs())
    for (const spelling of secrets().flatMap(spellings))
      expect(text.includes(spelling), `a secret in ${file}`).toBe(false);
});

test('no address of a customer is in any log file', () => {
  for (const { file, text } of logs())
    for (const spelling of emails.flatMap(spellings))
      expect(text.includes(spelling), `${spelling} in ${file}`).toBe(false);
});
