import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pretendShop, refrain as runRefrain } from '../refrain.fixture.ts';

/** Runs a command against a governor that refuses everything with this status. */
async function refrain(status: number, detail: string, ...argv: string[]) {
  const server = createServer((_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ status, detail })),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-governor-'));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(dataFolder, { recursive: true });
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
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
