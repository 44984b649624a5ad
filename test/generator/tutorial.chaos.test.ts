import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCacheOf } from '../../scripts/cli/paths.ts';
import { findNatsServer } from '../../scripts/nats-server.mjs';
import { copyTree, type Tree } from '../mutants/tree.ts';
import { freePort } from '../support/free-port.ts';
import { takePortBase } from '../support/port-base.ts';
import { scriptOf, type Step, stepsIn, tutorial } from './tutorial.ts';

let tree: Tree;
let typing: ChildProcess | undefined;

beforeAll(() => {
  tree = copyTree();
  execFileSync('git', ['init', '--quiet'], { cwd: tree.folder });
});
afterAll(() => {
  typing?.kill('SIGTERM');
  tree.remove();
});

/** Types all of it into one shell. Gives what each block printed, and the code. */
async function typeAll(steps: readonly Step[]): Promise<{ code: number | null; said: string }> {
  const script = join(tree.folder, '.cache', 'tutorial.sh');
  const port = await freePort();
  writeFileSync(script, scriptOf(steps, port));
  const { VITEST: _vitest, NATS_URL: _url, REFRAIN_DATA: _data, ...inherited } = process.env;
  const env = {
    ...inherited,
    ...compileCacheOf(tree.folder),
    NODE: process.execPath,
    NO_COLOR: '1',
    PORT_BASE: String(await takePortBase()),
    NATS_SERVER_BIN: findNatsServer({ log: () => {} }).bin,
    CARRIER_URL: `http://127.0.0.1:${port}`,
  };
  typing = spawn('bash', [script], { cwd: tree.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [typing.stdout, typing.stderr])
    stream?.on('data', (part: Buffer) => {
      said += part.toString();
    });
  const [code] = (await once(typing, 'close')) as [number | null];
  return { code, said };
}

/** What the page does not have its reader do: a service that cannot be loaded is not restarted. */
const spoilt = `
npx refrain ps --json > .cache/before.json
echo 'export const =' >> services/shipping/shipment.ts
npx refrain restart shipping && echo 'it was restarted' || echo "refused with $?"
npx refrain ps --json | diff - .cache/before.json && echo 'all run as before'
`;

test('whoever follows the tutorial has a service with an effect, a failure, an undo and its past', {
  timeout: 600_000,
}, async () => {
  const steps = [...stepsIn(tutorial()), { commands: spoilt }];
  const { code, said } = await typeAll(steps);
  expect(code, `it ended with ${code}: ${said.slice(-4_000)}`).toBe(0);
  const parts = said.split(/^### \d+\n/m);
  const at = (command: string): string => {
    const number = steps
      .filter((step) => 'commands' in step)
      .findIndex((step) => 'commands' in step && step.commands.includes(command));
    return parts[number + 1] ?? `nothing was printed by ${command}`;
  };
  expect(at('npx refrain ps')).toMatch(/^shipping +\d+ +ready +http/m);
  expect(at('ORDER=')).toContain('"booked": true');
  expect(at('FAILED=').match(/carrier_error/g)?.length).toBeGreaterThanOrEqual(3);
  expect(at('--pay pm_card_chargeDeclined\n')).toContain('cancelled: card_declined');
  expect(at('DECLINED=')).toMatch(/"cancelled": true|"status": "unwanted"/);
  expect(at('replay')).toMatch(/0 +differ/);
  expect(at(spoilt)).toMatch(/RF_SERVICE_LOAD: services\/shipping\/shipment.ts/);
  expect(at(spoilt)).toMatch(/^refused with 2\nall run as before$/m);
});
