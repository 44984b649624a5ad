// An import that kills itself after so many messages: `node killed-import.ts <url> <file> <messages>`.
import { brokerPlan, type Copies, connectBroker, jetStreamCopies } from '@refrain/jetstream';
import { checkArchive, importArchive } from '../../scripts/cli/archive/import-logs.ts';
import { serviceNames } from '../../scripts/cli/supervisor/found-services.ts';
import { shopTopology } from '../../scripts/cli/supervisor/shop-topology.ts';

const [url = '', file = '', messages = ''] = process.argv.slice(2);
const connection = await connectBroker({ url, name: 'a killed import' });
const whole = jetStreamCopies(connection);
let left = Number(messages);
const copies: Copies = {
  ...whole,
  write: async (batch) => {
    await whole.write(batch.slice(0, left));
    left -= batch.length;
    if (left < 0) process.kill(process.pid, 'SIGKILL');
  },
};
const quiet = { onProgress: () => {} };
const archive = await checkArchive(file, serviceNames, quiet.onProgress);
const plan = brokerPlan(shopTopology());
await importArchive({ archive, connection, plan, copiesOf: async () => copies, ...quiet });
