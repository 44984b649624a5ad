import { defineContract, event, Money } from '@refrain/contract-kit';
import { type Commit, newCommit } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { foldMatters, matter, matterProblems, tellClosed } from './matters.ts';
import type { Metrics } from './metrics.ts';
import { OpenMatters } from './open-matters.ts';

const id = z.string();
const till = defineContract({
  service: 'till',
  entities: {
    sale: {
      id: 'id',
      events: {
        Asked: event(
          2,
          { id, price: Money },
          {
            1: ({ cents, ...v1 }: { id: string; cents: number }) => ({
              ...v1,
              price: { minor: cents, currency: 'EUR' },
            }),
          },
        ),
        Paid: event(1, { id }),
        Done: event(1, { id }),
        Noticed: event(1, { id }),
      },
    },
  },
});
const worth = { of: till.Asked, is: ({ price }: { price: Money }) => price };
const sale = matter('sale', { opens: [till.Asked], closes: [till.Done], worth });
const money = matter('money', { opens: [till.Paid], closes: [till.Done], worth });
const matters = [sale, money];

/** `name matter=value…` of all that was told. */
function told(tell: (metrics: Metrics) => void): string[] {
  const lines: string[] = [];
  const note: Metrics['set'] = (name, value, attributes = {}) =>
    lines.push([name.replace('refrain_', ''), attributes.matter, value].join(' '));
  tell({ add: note, set: note, record: note });
  return lines;
}

let seq = 0;
function commit(entityId: string, at: number, ...events: readonly [string, number, object][]): Commit {
  const entity = { service: 'till', entityType: 'sale', entityId };
  const recorded = events.map(([type, version, data], i) => ({
    id: `${seq}-${i}`,
    type,
    version,
    cause: 'event:c',
    reaction: 'r',
    correlation: 'f',
    data: { id: entityId, ...data },
  }));
  const { id: commitId } = newCommit({ entity, expected: 0, events: recorded });
  const types = recorded.map(({ type, version }) => `${type}.${version}`);
  return { entity, seq: ++seq, id: commitId, at, types, bytes: 1, body: () => ({ events: recorded }) };
}

const asked = (minor: number) =>
  ['Asked', 2, { price: { minor, currency: 'EUR' } }] as [string, number, object];
const plain = (type: string) => [type, 1, {}] as [string, number, object];

test('a matter is open from the first event that opens it until one that closes it', () => {
  const one = foldMatters(matters, new Map(), ['Asked'], 1_000);
  const again = foldMatters(matters, one, ['Asked', 'Noticed'], 2_000);
  const both = foldMatters(matters, again, ['Paid'], 3_000);
  expect([[...one], [...again], [...both]]).toEqual([
    [['sale', 1_000]],
    [['sale', 1_000]],
    [
      ['sale', 1_000],
      ['money', 3_000],
    ],
  ]);
  expect(foldMatters(matters, both, ['Done'], 4_000).size).toBe(0);
  expect(told((metrics) => tellClosed(metrics, both, new Map(), 4_000))).toEqual([
    'matter_seconds sale 3',
    'matter_seconds money 1',
  ]);
});

test('what is open is told with its number, its age and its worth, older versions with it', () => {
  const open = new OpenMatters(till.$contract, matters);
  const apply = (...commits: Commit[]) => open.apply(commits, { seq, commitId: 'c' });
  apply(commit('a', 1_000, asked(250)), commit('b', 3_000, ['Asked', 1, { cents: 100 }]));
  apply(commit('a', 4_000, plain('Paid')), commit('c', 5_000, asked(9)), commit('c', 6_000, plain('Done')));
  expect(told((metrics) => open.tell(metrics, 10_000))).toEqual([
    'matters_open sale 2',
    'oldest_matter_seconds sale 9',
    'matters_money_minor sale 350',
    'matters_open money 1',
    'oldest_matter_seconds money 6',
    'matters_money_minor money 250',
  ]);
  apply(
    commit('a', 7_000, plain('Done')),
    commit('b', 7_000, plain('Done')),
    commit('b', 8_000, plain('Noticed')),
  );
  expect(told((metrics) => open.tell(metrics, 10_000)).every((line) => line.endsWith(' 0'))).toBe(true);
});

test('a commit that cannot be read is open, and its worth is not known', () => {
  const broken: unknown[] = [];
  const open = new OpenMatters(till.$contract, matters, (_, error) => broken.push(error));
  open.apply([commit('a', 1_000, ['Asked', 2, { price: 'dear' }])], { seq, commitId: 'c' });
  expect(told((metrics) => open.tell(metrics, 1_000))[0]).toBe('matters_open sale 1');
  expect(broken).toHaveLength(1);
});

test('a matter of foreign events, and two of one name, are refused', () => {
  const foreign = matter('far', { opens: [{ type: 'Sent' }], closes: [till.Done] });
  expect(matterProblems([sale, sale, foreign], till.$contract)).toEqual([
    'two matters are named sale',
    'Sent of the matter far is no event of till',
  ]);
});
