import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { LineCounts } from './logger.ts';

const talker = () =>
  spawn(process.execPath, [join(import.meta.dirname, 'talking.fixture.ts')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });

test('nobody reads: the process lives, drops routine lines and counts them, and can end', async () => {
  const child = talker();
  const [counts] = (await once(child, 'message')) as [LineCounts];
  expect(counts.dropped).toBeGreaterThan(5_000);
  expect(counts.written + counts.dropped).toBe(11_000);
  const ended = once(child, 'exit');
  child.send('end');
  expect(await ended).toEqual([0, null]);
});

test('somebody reads late: every line that is kept is there, whole and in order', async () => {
  const child = talker();
  const [{ written }] = (await once(child, 'message')) as [LineCounts];
  const lines: { msg: string; n: number }[] = [];
  for await (const line of createInterface({ input: child.stdout as Readable }))
    if (lines.push(JSON.parse(line) as { msg: string; n: number }) === written) child.send('end');
  expect(lines).toHaveLength(written);
  const kept = lines.filter(({ msg }) => msg === 'kept').map(({ n }) => n);
  expect(kept).toEqual(Array.from({ length: 1_000 }, (_, at) => at * 10));
});
