import { expect, test } from 'vitest';
import { isForPerson, runKills } from './kill-run.ts';
import { processNames } from './killable-shop.ts';

/** Again with the same kills and the same orders: SEED=n. `npm run proof -- kills` is the long version. */
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));

test('keeps every promise while each process is killed, two of them at once', {
  timeout: 180_000,
}, async () => {
  const report = await runKills({
    seed,
    orders: 120,
    rate: 12,
    times: 1,
    pairs: 1,
    deadlineS: 25,
    settleMsMax: 90_000,
    say: (text) => console.log(text),
  });
  expect(Object.keys(report.kills).sort()).toEqual([...processNames].sort());
  expect(report.broken).toEqual([]);
  expect(report.audit.violations).toEqual([]);
  expect(report.audit.unsettled).toEqual([]);
  expect(report.audit.waiting.filter(({ where }) => !where.startsWith('notifications mail/'))).toEqual([]);
  expect(report.audit.waiting.filter(({ reason }) => !isForPerson(reason))).toEqual([]);
  expect(report.audit.checked['orders']).toBe(120);
});
