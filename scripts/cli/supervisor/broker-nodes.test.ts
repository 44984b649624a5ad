import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { brokerNodes, clusterOf, refuseOtherNodes } from './broker-nodes.ts';

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-nodes-'));
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const config = () => readConfig({ env: { REFRAIN_DATA: dataFolder }, envFile: '/none' });

test('a lone node has its port and no route; three have ports and routes side by side', () => {
  const [alone] = brokerNodes(config(), 1);
  expect(alone).toMatchObject({ name: 'nats', url: 'nats://127.0.0.1:4022', ports: { nats: 4022 } });
  expect(Object.keys(alone?.ports ?? {})).toEqual(['nats']);
  const nodes = brokerNodes(config(), 3);
  expect(nodes.map(({ name, home, ports }) => [name, home, ports])).toEqual([
    ['nats', join(dataFolder, 'nats'), { nats: 4022, 'nats-route': 4032 }],
    ['nats-2', join(dataFolder, 'nats-2'), { 'nats-2': 4023, 'nats-2-route': 4033 }],
    ['nats-3', join(dataFolder, 'nats-3'), { 'nats-3': 4024, 'nats-3-route': 4034 }],
  ]);
  expect(nodes.map((node) => clusterOf(node, nodes, 'pw')?.port)).toEqual([4032, 4033, 4034]);
  expect(nodes.map((node) => clusterOf(node, [node], 'pw'))).toEqual([undefined, undefined, undefined]);
});

test('a log is opened with as many nodes as made it, and with no other number', () => {
  for (const asked of [1, 3] as const) expect(() => refuseOtherNodes(dataFolder, asked)).not.toThrow();
  mkdirSync(join(dataFolder, 'nats', 'store'), { recursive: true });
  expect(() => refuseOtherNodes(dataFolder, 1)).not.toThrow();
  expect(() => refuseOtherNodes(dataFolder, 3)).toThrow('made with --nodes 1, and --nodes 3 was asked for');
  for (const name of ['nats-2', 'nats-3']) mkdirSync(join(dataFolder, name));
  expect(() => refuseOtherNodes(dataFolder, 3)).not.toThrow();
  expect(() => refuseOtherNodes(dataFolder, 1)).toThrow('made with --nodes 3, and --nodes 1 was asked for');
});
