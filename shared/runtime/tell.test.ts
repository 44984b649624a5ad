import { expect, test } from 'vitest';
import { isRoutine } from './tell.ts';
import { contract } from './till.fixture.ts';

const routine = (type: string, cause = 'event:e'): boolean => isRoutine(contract, { type, cause });

test('what goes as it should is routine: a first attempt that succeeds with it', () => {
  expect([routine('PayAsked'), routine('Paid', 'outcome:op:1:ok'), routine('refrain.Noted')]).toEqual([
    true,
    true,
    true,
  ]);
});

test.each([
  ['a failed attempt', 'refrain.AttemptFailed', 'outcome:op:1:broken'],
  ['a start mark', 'refrain.AttemptStarted', 'start:op:1:me'],
  ['a hold', 'refrain.Held', 'event:e'],
  ['a defect', 'refrain.Defect', 'event:e'],
  ['a verdict', 'refrain.Verdict', 'event:e'],
  ['a success after a failure', 'Paid', 'outcome:op:2:ok'],
  ['giving up', 'PayLost', 'outcome:op:3:gave-up'],
  ['the beginning of a compensation', 'BackAsked', 'event:e'],
  ['the end of one', 'Back', 'outcome:op:1:ok'],
  ['one that is stuck', 'BackStuck', 'outcome:op:3:gave-up'],
])('%s is never routine', (_, type, cause) => {
  expect(routine(type, cause)).toBe(false);
});
