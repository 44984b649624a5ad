import { describe, expect, test } from 'vitest';
import { readCheck, readSeeds, readVitest, ToolBroken } from './tools.ts';

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

describe('what a row of seeds has found', () => {
  test('is the first seed that broke a promise', () => {
    const line = JSON.stringify({ seed: 17, found: ['an order ends one way', 'a cause is handled once'] });
    const what = 'an order ends one way; a cause is handled once';
    expect(readSeeds(`(node) a warning\n${line}\n`, 1)).toEqual({ what, seed: 17 });
    expect(readSeeds('', 0)).toBeUndefined();
  });

  test('is nothing to go by where it broke off', () => {
    expect(() => readSeeds('SyntaxError: Unexpected token', 1)).toThrow(ToolBroken);
  });
});

describe('what the checker has found', () => {
  const told = (report: object): string => `(node) a warning\n${JSON.stringify(report, undefined, 2)}\n`;

  test('is its counterexample, else its first finding', () => {
    const counterexample = { invariant: 'money', steps: [{}, {}] };
    expect(readCheck(told({ findings: [], counterexample }), 1)).toEqual({ what: 'money, after 2 steps' });
    expect(readCheck(told({ findings: [{ rule: 'nobody hears it' }] }), 1)).toEqual({
      what: 'nobody hears it',
    });
    expect(readCheck(told({ findings: [] }), 0)).toBeUndefined();
  });

  test('is nothing to go by where it broke off', () => {
    expect(() => readCheck('TypeError: x', 1)).toThrow(ToolBroken);
    expect(() => readCheck(told({ error: {} }), 3)).toThrow(ToolBroken);
  });
});
