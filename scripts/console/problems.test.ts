import { expect, test } from 'vitest';
import { doneOf } from './problems.ts';

const what = 'No service knows the operation x';
const thrownBy = (missing: readonly string[]): unknown => {
  try {
    return doneOf(undefined, what, missing);
  } catch (error) {
    return error;
  }
};

test('what nobody knows is unknown', () => {
  expect(thrownBy([])).toMatchObject({ about: { status: 404, detail: `${what}. Nothing was done.` } });
});

test('a service that could not be asked may know it: nothing is called unknown before', () => {
  const detail = `${what}, but payments could not be asked. Nothing was done.`;
  expect(thrownBy(['payments'])).toMatchObject({ about: { status: 503, type: 'not-reached', detail } });
});

test('what was done names the service', () => {
  const answer = { kind: 'done', service: 'payments', value: { changed: true } } as const;
  expect(doneOf(answer, what, ['orders'])).toEqual({ changed: true, service: 'payments' });
});
