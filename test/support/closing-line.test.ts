import { beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import ClosingLine from './closing-line.ts';

let written: MockInstance<typeof process.stdout.write>;
beforeEach(() => {
  written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

function moduleOf(state: string, ...tests: readonly string[]): TestModule {
  const all = tests.map((result) => ({ result: () => ({ state: result }) }));
  return { state: () => state, children: { allTests: () => all } } as unknown as TestModule;
}

function lineOf(modules: readonly TestModule[], errors: readonly unknown[] = []): string {
  new ClosingLine().onTestRunEnd(modules, errors);
  return String(written.mock.lastCall?.[0]);
}

test('counts what passed, failed and was skipped', () => {
  const modules = [moduleOf('failed', 'passed', 'failed', 'skipped'), moduleOf('passed', 'passed')];
  expect(lineOf(modules)).toBe('2 passed, 1 failed, 1 skipped\n');
});

test('a file that cannot be loaded has failed', () => {
  expect(lineOf([moduleOf('failed')])).toBe('0 passed, 1 failed, 0 skipped\n');
});

test('a file whose hooks fail after its tests has failed', () => {
  expect(lineOf([moduleOf('failed', 'passed')])).toBe('1 passed, 1 failed, 0 skipped\n');
});

test('a test that never ended has failed', () => {
  expect(lineOf([moduleOf('failed', 'pending')])).toMatch(/^0 passed, [12] failed/);
});

test('an error that belongs to no test has failed', () => {
  expect(lineOf([moduleOf('passed', 'passed')], [new Error('unhandled')])).toBe(
    '1 passed, 1 failed, 0 skipped\n',
  );
});
