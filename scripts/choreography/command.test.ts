import type { CheckReport } from '@refrain/checking';
import { expect, test } from 'vitest';
import { refrain as runRefrain } from '../cli/refrain.fixture.ts';
import { isSound, linesOf } from './lines.ts';

const refrain = (...argv: string[]) => runRefrain(argv);

test('`check` needs no running shop, and prints one document', { timeout: 60_000 }, async () => {
  const { code, out } = await refrain('check', '--seconds', '1', '--json');
  const { findings, bounds } = JSON.parse(out) as CheckReport;
  expect({ code, findings }).toEqual({ code: 0, findings: [] });
  expect(bounds[0]?.name).toBe('one order: no faults');
});

test('`check` refuses no time and too few states', async () => {
  expect(await refrain('check', '--seconds', '0')).toMatchObject({ code: 2, out: '' });
  expect(await refrain('check', '--states', '1')).toMatchObject({ code: 2, out: '' });
});

const finding = {
  rule: 'nobody hears it' as const,
  where: 'payments.ChargeFailed',
  what: 'it may end with it',
  why: 'it waits for ever',
  todo: 'react to it',
};
const bound = { states: 12, transitions: 20, depth: 3, ends: 2, seconds: 0.5 };
const report: CheckReport = {
  findings: [],
  bounds: [{ name: 'one order', exhausted: true, ...bound }],
  largest: { name: 'one order', exhausted: true, ...bound },
  judged: true,
};

test('a finding or a counterexample is not sound, and is told first', () => {
  const steps = [{ step: 'the customer places it', records: ['OrderPlaced'] }];
  const counterexample = { invariant: 'money', given: 'an order', steps, expected: 'all', found: 'nothing' };
  expect([report, { ...report, findings: [finding] }, { ...report, counterexample }].map(isSound)).toEqual([
    true,
    false,
    false,
  ]);
  expect(linesOf({ ...report, findings: [finding], counterexample, judged: false })).toEqual([
    'FOUND  nobody hears it',
    '  where  payments.ChargeFailed',
    '  what   it may end with it',
    '  why    it waits for ever',
    '  to do  react to it',
    'BROKEN  money',
    '  given    an order',
    '  then      1  the customer places it  OrderPlaced',
    '  expected all',
    '  found    nothing',
    'tried, bound after bound:',
    '  one order\n    12 states, depth 3, 20 transitions, 40/s: exhausted, 2 ends',
    'largest bound exhausted: one order, 12 states',
    'not judged: what nobody records, hears or undoes; more --seconds are needed',
    '1 finding, 1 counterexample',
  ]);
});
