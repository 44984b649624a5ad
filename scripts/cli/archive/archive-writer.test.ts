import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

test('two exports to one file do not spoil each other: the first to be whole has it', async () => {
  const file = join(emptyFolder(), 'shop.ndjson');
  const first = writeArchive(file, async (add) => {
    await add('first');
    await writeArchive(file, async (more) => await more('second'));
  });
  await expect(first).rejects.toThrow(
    `RF_EXPORT: Nothing was exported: ${file} cannot be written: another export has written it meanwhile`,
  );
  expect(readFileSync(file, 'utf8')).toContain('second\n');
  expect(readdirSync(dirname(file))).toEqual(['shop.ndjson']);
});

test('what a killed export left keeps no other from being written, and is removed a day later', async () => {
  const folder = emptyFolder();
  const left = (name: string, hoursAgo: number): void => {
    writeFileSync(join(folder, name), 'of one that was killed');
    utimesSync(join(folder, name), 0, Date.now() / 1_000 - hoursAgo * 3_600);
  };
  left('shop.ndjson.0a1b2c3d.part', 25);
  left('shop.ndjson.4e5f6a7b.part', 23);
  left('other.ndjson.0a1b2c3d.part', 25);
  left('shop.ndjson.mine.part', 25);
  await writeArchive(join(folder, 'shop.ndjson'), async (add) => await add('whole'));
  expect(readdirSync(folder)).toEqual([
    'other.ndjson.0a1b2c3d.part',
    'shop.ndjson',
    'shop.ndjson.4e5f6a7b.part',
    'shop.ndjson.mine.part',
  ]);
});

test('a file that cannot be written is the user’s to name otherwise, and no defect', async () => {
  const long = join(emptyFolder(), 'a'.repeat(300));
  await expect(writeArchive(long, async () => {})).rejects.toThrow('RF_EXPORT');
  expect(() => checkTarget('', 'export')).toThrow('expected <file>, found an empty name');
});
