import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pretendShop, refrain } from './refrain.fixture.ts';
import { serverOf } from './server.fixture.ts';

/** A service of which only the beginning of an answer comes. */
async function brokenService(name: string): Promise<{ REFRAIN_DATA: string }> {
  const url = await serverOf((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
    response.write('{"items":');
    setImmediate(() => response.destroy());
  });
  const REFRAIN_DATA = mkdtempSync(join(tmpdir(), 'refrain-broken-'));
  onTestFinished(() => rmSync(REFRAIN_DATA, { recursive: true }));
  pretendShop(REFRAIN_DATA, { name, url });
  return { REFRAIN_DATA };
}

test.each([
  ['governor', ['governor', 'open', 'psp', '--why', 'x']],
  ['payments', ['retries', 'now', 'aaaaaaaaaaaaaaaaaaaaaaaaaa', '--why', 'x']],
])('an answer of %s that breaks off is none, and no defect of ours', async (name, argv) => {
  const { code, out } = await refrain([...argv, '--json'], await brokenService(name));
  expect({ code, out: JSON.parse(out) as unknown }).toMatchObject({
    code: 3,
    out: { error: { code: 'RF_UNREACHABLE' } },
  });
});
