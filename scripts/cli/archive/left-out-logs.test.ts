import { expect, test } from 'vitest';
import { lacksSome, leftOutLines, leftOutOf } from './left-out-logs.ts';

const log = (service: string, commits: number) => ({
  stream: `EVENTS_${service.toUpperCase()}`,
  service,
  commits,
});
const logs = ['invoices', 'orders', 'payments', 'shipping'].map((service) => log(service, 3));
const known = ['orders', 'payments'];
const guests = ['invoices'];

test('each log that is not written is left out, for the reason that it has', () => {
  const left = leftOutOf(logs, { services: ['orders'], known, later: [], guests });
  expect(left.map(({ service, why }) => `${service}: ${why}`)).toEqual([
    'invoices: a guest',
    'payments: not asked for',
    'shipping: no service of this checkout, and no guest',
  ]);
  expect(leftOutOf(logs.slice(1, 3), { services: known, known, later: [], guests })).toEqual([]);
});

test('a service whose folder was put back while the shop runs is not said to be unasked for', () => {
  const asked = { services: ['orders'], known, later: ['payments'], guests: [] };
  expect(leftOutOf([log('payments', 3)], asked)).toMatchObject([{ why: expect.stringMatching(/have yet$/) }]);
});

test('what follows is said of guests and of what nobody owns, and of nothing else', () => {
  const of = (services: string[]) =>
    leftOutOf(logs, { services, known, later: [], guests }).filter(({ why }) => why === 'not asked for');
  expect(leftOutLines(of(['orders']), [])).toEqual(['Left out: EVENTS_PAYMENTS, 3 commits: not asked for']);
  expect(leftOutLines([], guests)).toEqual([expect.stringContaining('no platform imports it')]);
});

test('a backup lacks what was not asked to be left out and is not empty', () => {
  const left = (commits: number) =>
    leftOutOf([log('shipping', commits)], { services: known, known, later: [], guests: [] });
  expect(lacksSome(left(1), [])).toBe(true);
  expect(lacksSome(left(0), [])).toBe(false);
  expect(lacksSome(left(1), ['orders'])).toBe(false);
});
