import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { foundServices } from './found-services.ts';
import { instanceNames, processTable, roleOf } from './process-table.ts';
import { stages } from './child-process.ts';
import { readUpRequest } from './up-request.ts';

const dataFolder = join(tmpdir(), 'refrain-table');

const tableFor = (
  env: NodeJS.ProcessEnv = {},
  {
    only = [],
    instances = [],
    realProviders = false,
  }: { only?: string[]; instances?: string[]; realProviders?: boolean } = {},
) =>
  processTable({
    config: readConfig({
      env: { REFRAIN_DATA: dataFolder, ...env },
      flags: { realProviders },
      envFile: '/none',
    }),
    natsUrl: 'nats://127.0.0.1:4022',
    credentialsFolder: join(dataFolder, 'secrets'),
    ...readUpRequest({ only, instances, nodes: 1 }),
  });
const named = (table: ReturnType<typeof tableFor>, name: string) => {
  const found = table.find((spec) => spec.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test('the whole shop: two sandboxes, the governor, then the services, the console, on their ports', () => {
  const table = tableFor();
  const found = foundServices.slice(4); // whoever has added some
  expect(table.map(({ name, ports }) => [name, ports])).toEqual([
    ['psp', { psp: 4020 }],
    ['mail', { mail: 4021, smtp: 4025 }],
    ['governor', { governor: 4014 }],
    ['orders', { orders: 4010 }],
    ['payments', { payments: 4011 }],
    ['inventory', { inventory: 4012 }],
    ['notifications', { notifications: 4013 }],
    ...found.map(({ name, port }) => [name, port === undefined ? {} : { [name]: 4_000 + port }]),
    ['console', { console: 4000 }],
  ]);
});

test('further instances take free ports and the credentials of their service', () => {
  const table = tableFor({}, { only: ['payments'], instances: ['payments=3'] });
  expect(table.map(({ name }) => name)).toEqual(['payments', 'payments-2', 'payments-3']);
  const third = named(table, 'payments-3');
  expect(third.ports).toEqual({});
  expect(third.env).toMatchObject({
    REFRAIN_INSTANCE: 'payments-3',
    REFRAIN_HTTP_PORT: '0',
    REFRAIN_NATS_CREDENTIALS: join(dataFolder, 'secrets', 'payments.json'),
  });
});

test('a second governor takes a free port and the credentials of the first, and starts before what it governs', () => {
  const table = tableFor({}, { instances: ['governor=2'] });
  expect(named(table, 'governor-2')).toMatchObject({
    ports: {},
    env: { REFRAIN_NATS_CREDENTIALS: join(dataFolder, 'secrets', 'governor.json') },
  });
  expect(named(table, 'governor-2').stage).toBe('governor');
  expect(stages.indexOf('governor')).toBeLessThan(stages.indexOf('service'));
});

test('each gets what it needs and no other’s secret', () => {
  const table = tableFor({
    STRIPE_API_KEY: 'sk_test_of_the_shell',
    ORDER_DEADLINE_S: '7',
    OTEL_SERVICE_NAME: 'x',
  });
  expect(JSON.stringify(table)).not.toContain('of_the_shell');
  expect(named(table, 'payments').env).toMatchObject({
    PSP_URL: 'http://127.0.0.1:4020',
    STRIPE_API_KEY: 'sk_test_refrain_sandbox',
  });
  expect(named(table, 'orders').env).toMatchObject({ ORDER_DEADLINE_S: '7', OTEL_SERVICE_NAME: 'x' });
  expect(named(table, 'notifications').env).toMatchObject({ SMTP_URL: 'smtp://127.0.0.1:4025' });
  const having = (name: string) => table.filter(({ env }) => name in env).map((spec) => spec.name);
  expect(having('STRIPE_API_KEY')).toEqual(['payments']);
  expect(having('SMTP_URL')).toEqual(['notifications']);
  expect(having('ORDER_DEADLINE_S')).toEqual(['orders']);
  expect(having('REFRAIN_NATS_CREDENTIALS')).toEqual([...instanceNames]);
});

test('a real provider takes the place of its sandbox only', () => {
  const table = tableFor({ STRIPE_API_KEY: 'sk_test_1' }, { realProviders: true });
  expect(table.map(({ name }) => name)).not.toContain('psp');
  expect(table.map(({ name }) => name)).toContain('mail');
  expect(named(table, 'payments').env).toMatchObject({ STRIPE_API_KEY: 'sk_test_1' });
  expect(named(table, 'payments').env).not.toHaveProperty('PSP_URL');
});

test.each([
  [{ only: ['nobody'] }, '--only: unknown name "nobody", expected one of psp, mail, governor, orders'],
  [{ instances: ['console=2'] }, '--instances: unknown name "console"'],
  [{ instances: ['payments'] }, 'expected a number from 1 to 16 as in payments=3, found "payments"'],
  [{ instances: ['payments=0'] }, '--instances payments: expected a number from 1 to 16'],
  [{ instances: ['psp=2'] }, '--instances: unknown name "psp"'],
  [{ instances: ['orders=2', 'orders=3'] }, '--instances names orders twice'],
  [{ only: ['mail'], instances: ['orders=2'] }, '--instances names orders, which --only leaves out'],
  [{ nodes: 2 }, '--nodes: expected 1 or 3, found 2'],
])('refuses %j', (flags, said) => {
  expect(() => readUpRequest({ only: [], instances: [], nodes: 1, ...flags })).toThrow(said);
});

test('a process is known by its name: what it is an instance of, and when it is started', () => {
  const table = tableFor({}, { instances: ['payments=2', 'governor=2', 'orders=2'] });
  for (const { name, stage } of table) expect([name, roleOf(name)?.stage]).toEqual([name, stage]);
  expect(roleOf('payments-2')).toEqual({ of: 'payments', stage: 'service' });
  expect(roleOf('governor-2')).toEqual({ of: 'governor', stage: 'governor' });
  expect(['supervisor', 'nats-2', 'psp-2', 'gone'].map(roleOf)).toEqual(Array(4).fill(undefined));
});
