import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exportLogs } from './export-logs.ts';

test('what no import could read is not exported: many flows in doubt after a recovery', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-writer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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
