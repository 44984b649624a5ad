import type { Governing, Word } from '@refrain/governor';
import { expect, test } from 'vitest';
import { measuredGoverning } from './governing-metrics.ts';

function measuring() {
  let now = 1_000;
  const values = new Map<string, number>();
  const set = (name: string, value: number, attributes: object = {}): void => {
    values.set([name.replace('refrain_governor_', ''), ...Object.values(attributes)].join(' '), value);
  };
  let say: (word: Word) => void = () => {};
  const reports: unknown[] = [];
  const governing: Governing = {
    report: (report) => reports.push(report),
    listen: async (_, heard) => {
      say = heard;
      return { stop: async () => {} };
    },
  };
  const metrics = { set, add: () => {}, record: () => {} };
  const measured = measuredGoverning(governing, { metrics, clock: { now: () => now }, instance: 'payments' });
  return { ...measured, values, reports, say: (word: Word) => say(word), pass: (ms: number) => (now += ms) };
}

const word = (more: Partial<Word>): Word => ({
  v: 1,
  dependency: 'psp',
  kind: 'open',
  reason: 'all is well',
  since: 0,
  waiting: 0,
  epoch: 1,
  tick: 1,
  shares: {},
  newcomer: { retries: 0 },
  ...more,
});

test('a word is handed on, and what it grants this instance is told', async () => {
  const { governing, say, values } = measuring();
  const heard: Word[] = [];
  await governing.listen(['psp'], (one) => heard.push(one));
  say(word({}));
  expect([values.get('granted psp all'), values.get('granted psp retry')]).toEqual([Infinity, 0]);
  const throttled = word({ kind: 'throttled', shares: { payments: { calls: 7, retries: 2 } } });
  say(throttled);
  expect([values.get('granted psp all'), values.get('granted psp retry')]).toEqual([7, 2]);
  expect(heard).toEqual([word({}), throttled]);
});

test('one word counts at a time; after three seconds without any, silence does', async () => {
  const { governing, say, tell, values, pass } = measuring();
  const counting = (): string[] => {
    tell();
    return [...values]
      .filter(([name, value]) => name.startsWith('word') && value === 1)
      .map(([name]) => name);
  };
  expect(counting()).toEqual([]);
  await governing.listen(['psp'], () => {});
  expect(counting()).toEqual(['word psp silent']);
  say(word({ kind: 'suppressed' }));
  expect(counting()).toEqual(['word psp suppressed']);
  say(word({}));
  pass(2_900);
  expect(counting()).toEqual(['word psp open']);
  pass(200);
  expect(counting()).toEqual(['word psp silent']);
});
