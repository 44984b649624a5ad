import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { claimRestart, keptDownBy } from './restart-claim.ts';

let dataFolder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-restart-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
});

const keptDown = () => ['orders', 'payments'].filter((name) => keptDownBy(dataFolder, name) !== undefined);

test('keeps down what it names, and nothing else, until it lets go', () => {
  const claim = claimRestart(dataFolder);
  expect(keptDown()).toEqual([]);
  claim.keepDown(['orders']);
  expect(keptDown()).toEqual(['orders']);
  claim.keepDown(['payments']);
  expect(keptDown()).toEqual(['payments']);
  claim.release();
  expect(keptDown()).toEqual([]);
});

test('there is one at a time', () => {
  const claim = claimRestart(dataFolder);
  expect(() => claimRestart(dataFolder)).toThrow(`pid ${process.pid} is restarting processes of this shop`);
  claim.release();
  claimRestart(dataFolder).release();
});

test('who died keeps nothing down, and the next one takes its place', () => {
  const dead = { pid: process.pid, startTime: '1', keptDown: ['orders'] };
  writeFileSync(join(dataFolder, 'restart.json'), JSON.stringify(dead));
  expect(keptDown()).toEqual([]);
  const claim = claimRestart(dataFolder);
  claim.keepDown(['payments']);
  expect(keptDown()).toEqual(['payments']);
});
