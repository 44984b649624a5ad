import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

test('keeps at most two files of about the size given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-log-'));
  const path = join(folder, 'orders.log');
  const file = openLogFile(path, 1_000);
  for (let i = 0; i < 100; i++) file.write(`${String(i).padStart(99)}\n`);
  file.close();
  expect(readdirSync(folder).sort()).toEqual(['orders.log', 'orders.log.old']);
  expect(statSync(path).size).toBeLessThanOrEqual(1_000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toContain('99\n');
  const again = openLogFile(path, 1_000);
  again.write('more\n');
  again.close();
  expect(statSync(`${path}.old`).size).toBe(1_000);
  rmSync(folder, { recursive: true });
});
