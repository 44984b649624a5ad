import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect, test, vi } from 'vitest';
import { createLogger } from './logger.ts';

let failing: string | undefined;
const written: string[] = [];
vi.spyOn(fs, 'writeSync').mockImplementation((_: number, bytes) => {
  if (failing) throw Object.assign(new Error(failing), { code: failing });
  written.push(Buffer.from(bytes as unknown as Uint8Array).toString());
  return bytes.length;
});
// Also for those who imported it by its name.
syncBuiltinESMExports();

test('a disk that was full for a moment does not silence a process for good', async () => {
  const { logger, flush } = createLogger({ name: 'x', level: 'info', personal: [] });
  failing = 'ENOSPC';
  logger.error({}, 'while it is full');
  flush();
  failing = undefined;
  logger.error({}, 'after there is room');
  flush();
  expect(written.join('')).toContain('after there is room');
});
