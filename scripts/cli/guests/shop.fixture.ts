import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { testBroker } from '../../../shared/jetstream/test-broker.fixture.ts';
import { pretendShop, refrain } from '../refrain.fixture.ts';

/** A shop that seems to run, at a broker of its own. */
export async function shopOf() {
  const broker = await testBroker(inject('natsServerBin'));
  onTestFinished(() => broker.close());
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-guests-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  pretendShop(dataFolder, { name: 'orders', url: 'http://127.0.0.1:1', natsUrl: broker.url });
  const env = { REFRAIN_DATA: dataFolder };
  const admit = async (topology: unknown) => {
    const path = join(dataFolder, 'topology.json');
    writeFileSync(path, JSON.stringify(topology));
    return await refrain(['guests', 'admit', path], env);
  };
  return { dataFolder, env, admit };
}
