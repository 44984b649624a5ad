import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pretendShop, refrain as runRefrain } from '../refrain.fixture.ts';
import { serverOf } from '../server.fixture.ts';

/** Runs a command against a governor that refuses everything with this status. */
async function refrain(status: number, detail: string, ...argv: string[]) {
  const url = await serverOf((_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ status, detail })),
  );
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-governor-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true }));
  pretendShop(dataFolder, { name: 'governor', url });
  const { code, out } = await runRefrain([...argv, '--json'], { REFRAIN_DATA: dataFolder });
  return { code, document: JSON.parse(out) as unknown };
}

test.each([
  [404, 1, 'FINDING', ['governor', 'release', 'psp', '--why', 'x']],
  [409, 1, 'FINDING', ['governor', 'open', 'psp', '--why', 'x']],
  [404, 1, 'FINDING', ['governor', 'history', 'psp']],
  [400, 2, 'USAGE', ['governor', 'open', 'psp', '--why', 'x']],
  [500, 3, 'RF_UNREACHABLE', ['governor', 'status']],
])('a governor that answers %i: exit code %i, code %s of %j', async (status, exit, code, argv) => {
  expect(await refrain(status, 'No.', ...argv)).toEqual({
    code: exit,
    document: { error: { code, message: expect.stringContaining('No.'), exit } },
  });
});
