import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { claimRestart, isHeld } from './restart-claim.ts';

let dataFolder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-restart-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
});

const held = () => ['orders', 'payments'].filter((name) => isHeld(dataFolder, name));

test('holds what it names, and nothing else, until it lets go', () => {
  const claim = claimRestart(dataFolder);
  expect(held()).toEqual([]);
  claim.hold(['orders']);
  expect(held()).toEqual(['orders']);
  claim.hold(['payments']);
  expect(held()).toEqual(['payments']);
  claim.release();
  expect(held()).toEqual([]);
});

test('there is one at a time', () => {
  const claim = claimRestart(dataFolder);
  expect(() => claimRestart(dataFolder)).toThrow(`pid ${process.pid} is restarting processes of this shop`);
  claim.release();
  claimRestart(dataFolder).release();
});

test('who died holds nothing, and the next one takes its place', () => {
  const dead = { pid: process.pid, startTime: '1', held: ['orders'] };
  writeFileSync(join(dataFolder, 'restart.json'), JSON.stringify(dead));
  expect(held()).toEqual([]);
  const claim = claimRestart(dataFolder);
  claim.hold(['payments']);
  expect(held()).toEqual(['payments']);
});
