import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { alone } from './alone.ts';

/** What another process says that Ctrl-C reaches while it writes. */
async function interrupted(folder: string): Promise<string> {
  const script = `
    import { alone } from ${JSON.stringify(join(import.meta.dirname, 'alone.ts'))};
    await alone(async () => {
      process.kill(process.pid, 'SIGINT');
      await new Promise((done) => setTimeout(done, 100));
      console.log('taken back');
    }, ${JSON.stringify(folder)});`;
  const argv = ['--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, argv)).stdout;
}

test('Ctrl-C does not end it before it has taken back what it wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await interrupted(folder)).toBe('taken back\n');
  expect(readdirSync(folder)).toEqual([]);
});

test('nor the process that finishes what another one began', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await alone(async () => await interrupted(folder), folder)).toBe('taken back\n');
  expect(readdirSync(folder)).toEqual([]);
});

test('where nothing can be written, that is said', async () => {
  const below = alone(async () => 'done', join(import.meta.filename, 'below-a-file'));
  await expect(below).rejects.toThrow(
    /^refrain new: this checkout cannot be written to: ENOTDIR.+ written.$/,
  );
});

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
