import { expect, test, vi } from 'vitest';

let failing: string | undefined;
const written: string[] = [];
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  writeSync: (_: number, bytes: Uint8Array) => {
    if (failing) throw Object.assign(new Error(failing), { code: failing });
    written.push(Buffer.from(bytes).toString());
    return bytes.length;
  },
}));

test('a disk that was full for a moment does not silence a process for good', async () => {
  const { createLogger } = await import('./logger.ts');
  const { logger, flush } = createLogger({ name: 'x', level: 'info', personal: [] });
  failing = 'ENOSPC';
  logger.error({}, 'while it is full');
  flush();
  failing = undefined;
  logger.error({}, 'after there is room');
  flush();
  expect(written.join('')).toContain('after there is room');
});
