import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeArchive } from './archive-writer.ts';
import { exportLogs } from './export-logs.ts';
import { checkTarget } from './export-shop.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-writer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what no import could read is not exported: many flows in doubt after a recovery', async () => {
  const folder = emptyFolder();
  const flows = Array.from({ length: 150_000 }, (_, i) => String(i).padStart(26, 'a'));
  const exported = exportLogs({
    copies: { read: async () => [], lastSequence: async () => 0 },
    platformId: 'p',
    services: ['orders'],
    without: [],
    kept: [{ key: 'flows.orders', value: JSON.stringify({ id: 'r', flows }) }],
    file: join(folder, 'shop.ndjson'),
    onProgress: () => {},
  });
  await expect(exported).rejects.toThrow('a line would be longer than the 4194304 bytes');
  expect(readdirSync(folder)).toEqual([]);
});

test('two exports to one file do not spoil each other, and what somebody else calls so stays', async () => {
  const file = join(emptyFolder(), 'shop.ndjson');
  const first = writeArchive(file, async (add) => {
    await add('first');
    const second = writeArchive(file, async (more) => await more('second'));
    await expect(second).rejects.toThrow(`RF_EXPORT: Nothing was exported: ${file} cannot be written`);
  });
  await first;
  expect(readFileSync(file, 'utf8')).toContain('first\n');
  writeFileSync(`${file}.part`, 'of somebody else');
  await expect(writeArchive(file, async () => {})).rejects.toThrow('remove it');
  expect(readFileSync(`${file}.part`, 'utf8')).toBe('of somebody else');
});

test('what a killed export left an hour ago does not keep the next one from being written', async () => {
  const file = join(emptyFolder(), 'shop.ndjson');
  writeFileSync(`${file}.part`, 'of one that was killed');
  const written = (minutesAgo: number) => utimesSync(`${file}.part`, 0, Date.now() / 1_000 - minutesAgo * 60);
  written(59);
  await expect(writeArchive(file, async () => {})).rejects.toThrow(
    'export again an hour after its last write',
  );
  written(61);
  await writeArchive(file, async (add) => await add('whole'));
  expect(readFileSync(file, 'utf8')).toContain('whole\n');
  expect(readdirSync(join(file, '..'))).toEqual(['shop.ndjson']);
});

test('a file that cannot be written is the user’s to name otherwise, and no defect', async () => {
  const long = join(emptyFolder(), 'a'.repeat(300));
  await expect(writeArchive(long, async () => {})).rejects.toThrow('RF_EXPORT');
  expect(() => checkTarget('', 'export')).toThrow('expected <file>, found an empty name');
});
