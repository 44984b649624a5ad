import { describe, expect, test } from 'vitest';
import { readVitest, ToolBroken } from './tools.ts';

const failed = (name: string, message: string): string =>
  `\u001b[31m FAIL \u001b[39m  unit  test/simulation/shop.test.ts > ${name}\nAssertionError: ${message}: expected`;

describe('what a run of tests has found', () => {
  test('is nothing when all have passed', () => {
    expect(readVitest('300 passed, 0 failed, 0 skipped', 0)).toBeUndefined();
  });

  test('is the first test that failed, with the seed that it names', () => {
    const output = `${failed('the shop > keeps its promises', 'SEED=17')}\n${failed('other', 'SEED=2')}`;
    expect(readVitest(output, 1)).toEqual({ what: 'the shop: keeps its promises', seed: 17 });
  });

  test('has no seed where the test has none', () => {
    expect(readVitest(failed('twice is once', 'Error'), 1)).toEqual({ what: 'twice is once' });
  });

  test('is no finding when the tests could not even be loaded', () => {
    const unloaded = ' FAIL  unit  test/simulation/shop.test.ts\nSyntaxError: Unexpected token';
    expect(() => readVitest(unloaded, 1)).toThrow(ToolBroken);
    expect(() => readVitest('node: out of memory', 134)).toThrow(ToolBroken);
  });
});
