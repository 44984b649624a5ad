import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Desks } from '../cli/operator/desks.ts';
import { operationAt } from '../cli/operator/words.ts';
import { letterGroups, openWork, verdictsNeeded } from './open-work.ts';

const operation = {
  id: 'op1',
  service: 'payments',
  dependency: 'psp',
  effect: 'charge',
  entity: 'charge/o1',
  flow: 'o1',
  state: 'waiting',
  since: '2030-01-01T00:00:00.000Z',
  attempts: 1,
  attemptsMax: 5,
  round: 1,
  needs: ['verdict'],
};

/** orders hangs, payments answers, inventory has just died, notifications is not there. */
const servers: Server[] = [
  createServer(() => {}),
  createServer(({ url = '' }, response) => {
    const one = url.includes('/operations/') && operation;
    const items = url.includes('state=defect') || !url.includes('/operations?') ? [] : [operation];
    response.setHeader('content-type', 'application/json').end(JSON.stringify(one || { items }));
  }),
  createServer(),
];
let desks: Desks;
beforeAll(async () => {
  const urls = servers.map((server) => {
    server.listen(0, '127.0.0.1');
    return new Promise<string>((resolve) =>
      server.once('listening', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    );
  });
  const [orders = '', payments = '', inventory = ''] = await Promise.all(urls);
  servers[2]?.close();
  const ready = (name: string, url: string) => ({
    name,
    url,
    status: 'ready' as const,
    pid: 1,
    startTime: '1',
  });
  const processes = [ready('orders', orders), ready('payments', payments), ready('inventory', inventory)];
  desks = new Desks({ processes }, 1_500);
});
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

const missing = ['inventory', 'notifications', 'orders'];

test('a service that hangs or has died is named, and what the others know is shown', async () => {
  const [open, verdicts, letters] = await Promise.all([
    openWork(desks, { limit: 50 }),
    verdictsNeeded(desks, { limit: 50 }),
    letterGroups(desks),
  ]);
  expect(open).toMatchObject({ items: [{ id: 'op1' }], missing });
  expect(verdicts).toMatchObject({ items: [{ id: 'op1' }], missing });
  expect(letters).toMatchObject({ groups: [], missing });
});

test('an operation is found past a service that hangs', async () => {
  expect(await operationAt(desks, 'op1')).toMatchObject({ kind: 'done', service: 'payments' });
});

test('nothing is called unknown that one who does not answer may know', async () => {
  const nobody = desks.firstOf(async (service) =>
    service === 'payments'
      ? { kind: 'unknown', service, detail: '' }
      : await desks.get(service, 'operations/op2', z.unknown()),
  );
  await expect(nobody).rejects.toMatchObject({ code: 'RF_UNREACHABLE' });
});
