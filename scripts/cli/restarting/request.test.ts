import { expect, test } from 'vitest';
import { serviceNames } from '../supervisor/found-services.ts';
import type { RunningProcess } from '../supervisor/run-file.ts';
import { goingOn, readRestart } from './request.ts';

const one = (name: string, more: Partial<RunningProcess> = {}): RunningProcess => ({
  name,
  pid: 1,
  startTime: '1',
  url: '',
  status: 'ready',
  ...more,
});
const names = [
  'supervisor',
  'nats',
  'psp',
  'mail',
  'governor',
  'orders',
  'payments',
  'payments-2',
  'console',
];
const shop = { processes: names.map((name) => one(name)), services: [...serviceNames] };

test('stage by stage, the edge after the services, each name once', () => {
  const asked = ['console', 'orders', 'payments-2', 'psp', 'payments', 'governor', 'orders', 'mail'];
  expect(readRestart(asked, shop)).toEqual([
    { stage: 'sandbox', processes: ['psp', 'mail'], services: [] },
    { stage: 'governor', processes: ['governor'], services: [] },
    { stage: 'service', processes: ['payments-2', 'payments'], services: ['payments'] },
    { stage: 'edge', processes: ['orders'], services: ['orders'] },
    { stage: 'console', processes: ['console'], services: [] },
  ]);
});

test.each([
  [
    'frob',
    /unknown process "frob", expected one of psp, mail, governor, orders, payments, payments-2, console/,
  ],
  ['supervisor', /supervisor is the shop itself: end it with Ctrl-C, then `npm start`/],
  ['nats', /nats is the broker, which all others lean on/],
  ['nats-2', /nats-2 is the broker/],
  ['payments-3', /unknown process "payments-3"/],
  ['inventory', /the shop runs without inventory: `npm start` starts it, if it does not leave it out/],
])('%s is refused', (name, said) => {
  expect(() => readRestart(['orders', name], shop)).toThrow(said);
  expect(() => readRestart([name], shop)).toThrow(/^refrain restart: .*\. Nothing was restarted\.$/);
});

test('a service that is new is told to join at the next start', () => {
  const services = serviceNames.filter((name) => name !== 'inventory');
  expect(() => readRestart(['inventory'], { ...shop, services })).toThrow(
    'inventory is new, and no process of this run: end the shop with Ctrl-C, then `npm start` starts it. Nothing was restarted.',
  );
});

test('what was taken out of the checkout, and what waits for its first turn, are refused, all at once', () => {
  const processes = [...shop.processes, one('gone'), one('inventory', { pid: 0, status: 'starting' })];
  expect(() => readRestart(['gone', 'inventory'], { ...shop, processes })).toThrow(
    /gone runs and is in this checkout no more: .*; inventory has not been started yet: wait until/,
  );
});

test('what dies and is started again can be restarted, also where it never had a process', () => {
  const processes = [one('orders', { pid: 0, status: 'restarting' })];
  expect(readRestart(['orders'], { ...shop, processes })).toHaveLength(1);
});

test('tells the other instances of what is restarted', () => {
  const some = { processes: ['payments', 'orders', 'psp'], services: ['payments', 'orders'] };
  expect(goingOn(some, shop)).toEqual(['payments-2']);
  expect(goingOn({ ...some, services: ['orders'] }, shop)).toEqual([]);
});
