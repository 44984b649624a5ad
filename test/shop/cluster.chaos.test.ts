import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopProcess, startShop, type TestShop } from '../support/shop.ts';
import { type ShopDoors, shopDoors } from '../support/shop-doors.ts';
import { pidOf, whileStopped } from '../support/signal.ts';

let shop: TestShop;
let doors: ShopDoors;
beforeAll(async () => {
  shop = await startShop('--nodes', '3');
  doors = shopDoors(shop);
});
afterAll(() => shop.stop());

const named = async (name: string): Promise<ShopProcess | undefined> =>
  (await shop.processes()).find((one) => one.name === name);
const copies = async (): Promise<string[]> => {
  const { findings } = (await shop.refrain('doctor')).document as {
    findings: { check: string; about: string; found: string }[];
  };
  return findings.flatMap(({ check, about, found }) => (check === 'streams' ? [`${about}: ${found}`] : []));
};
const completes = async (): Promise<void> =>
  expect((await doors.settled(await doors.place())).status).toBe('completed');

test('three nodes are listed, each with a port of its own, and keep every stream three times', async () => {
  const nodes = (await shop.processes()).filter(({ name }) => name.startsWith('nats'));
  expect(nodes.map(({ name, url, status }) => [name, url, status])).toEqual([
    ['nats', `nats://127.0.0.1:${shop.portBase + 22}`, 'ready'],
    ['nats-2', `nats://127.0.0.1:${shop.portBase + 23}`, 'ready'],
    ['nats-3', `nats://127.0.0.1:${shop.portBase + 24}`, 'ready'],
  ]);
  await completes();
  // The doctor knows how many copies are planned, and finds them.
  expect(await copies()).toEqual([]);
});

test('a node that is killed holds no order up, and comes again', async () => {
  const pid = pidOf(await named('nats'));
  process.kill(pid, 'SIGKILL');
  await completes();
  await expect.poll(async () => (await named('nats'))?.status, { timeout: 20_000 }).toBe('ready');
  expect(pidOf(await named('nats'))).not.toBe(pid);
  // Two of three must be whole before the next one goes.
  await expect.poll(copies, { timeout: 30_000, interval: 500 }).toEqual([]);
});

test('a copy that stays behind is a finding until it has caught up', async () => {
  await whileStopped([pidOf(await named('nats-2'))], async () => {
    // What governors say is written every second, whoever orders.
    await expect
      .poll(copies, { timeout: 60_000, interval: 500 })
      .toContainEqual(expect.stringMatching(/on nats-2: this copy/));
  });
  await expect.poll(copies, { timeout: 30_000, interval: 500 }).toEqual([]);
  // Who was connected to it takes up to half a minute to look for another node.
  const isPlaced = (): Promise<boolean> =>
    doors.place().then(
      () => true,
      () => false,
    );
  await expect.poll(isPlaced, { timeout: 60_000 }).toBe(true);
  await completes();
});

test('who does not know the password becomes no node', async () => {
  const said = await new Promise<string>((done) => {
    let text = '';
    const socket = connect(shop.portBase + 32, '127.0.0.1');
    socket.on('data', (data) => {
      if (text === '') socket.write('CONNECT {"name":"x","cluster":"refrain","verbose":false}\r\nPING\r\n');
      text += String(data);
    });
    socket.on('close', () => done(text));
  });
  expect(said).toContain("'Authorization Violation'");
  expect(said).not.toContain('PONG');
});

test('the log is opened again by three nodes, and by no other number', async () => {
  const placed = await doors.place();
  await shop.restart(async () => {
    const refused = await shop.refrain('up', '--port-base', String(shop.portBase));
    expect(refused.code).toBe(2);
  });
  expect((await doors.settled(placed)).status).toBe('completed');
  expect(JSON.parse(readFileSync(join(shop.refrainData, 'run.json'), 'utf8'))).toMatchObject({ nodes: 3 });
  const { document } = await shop.refrain('audit', '--kills', '1');
  expect((document as { violations: unknown[] }).violations).toEqual([]);
});
