import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { faultsSet } from './faults-set.ts';

test.each([
  ['none', []],
  ['down', [expect.stringContaining('warning: psp has the fault "down" set')]],
])('a sandbox with the fault %s', async (mode, said) => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end(JSON.stringify({ mode }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = { pid: 1, startTime: '1', status: 'ready' as const };
  const processes = [
    { ...entry, name: 'psp', url },
    { ...entry, name: 'orders', url },
  ];
  expect(await faultsSet({ processes }, 30_000)).toEqual(said);
  expect(asked).toBe(1); // orders has no faults to be asked for
});
