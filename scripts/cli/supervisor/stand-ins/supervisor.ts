// A supervisor of its own process, to be killed: a broker and one child, in the folder and with the
// broker given.
import { join } from 'node:path';
import { claim } from '../claim.ts';
import type { ProcessSpec } from '../child-process.ts';
import { endOnSignals } from '../signals.ts';
import { createSupervisor } from '../supervisor.ts';
import { createTerminal } from '../terminal.ts';

const [dataFolder = '', bin = '', config = '', url = '', mode = 'good'] = process.argv.slice(2);
const terminal = createTerminal({ write: (text) => process.stdout.write(text), colour: false });
const { self, release } = claim(dataFolder);

const common = { env: {}, ports: {}, graceMs: 7_000 };
const specs: readonly ProcessSpec[] = [
  {
    ...common,
    name: 'nats',
    stage: 'broker',
    entry: join(import.meta.dirname, '..', 'nats-keeper.ts'),
    args: [bin, config, url, join(dataFolder, 'logs', 'nats.log'), dataFolder],
  },
  { ...common, name: 'orders', stage: 'service', entry: join(import.meta.dirname, 'child.ts'), args: [mode] },
];
const about = {
  version: 1 as const,
  supervisor: self,
  startedAt: new Date().toISOString(),
  natsUrl: url,
  portBase: 4000,
  ports: {},
  credentialsFolder: '',
};
const supervisor = createSupervisor({ dataFolder, specs, about, terminal });
const ended = endOnSignals(supervisor, terminal.say);
await supervisor.start();
process.send?.('started');
await ended.done;
release();
process.exit(0);
