import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { alone } from './alone.ts';

test('one generator writes at a time, and one that was killed keeps nobody from it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'generating.json'), '{"pid":1,"startTime":"long ago"}');
  const first = alone(async () => {
    await expect(alone(async () => 'second', folder)).rejects.toThrow(`(pid ${process.pid})`);
    return 'first';
  }, folder);
  expect(await first).toBe('first');
  expect(await alone(async () => 'third', folder)).toBe('third');
  expect(readdirSync(folder)).toEqual([]);
});
