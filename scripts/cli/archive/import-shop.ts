import { type BrokerPlan, connectBroker, jetStreamCopies } from '@refrain/jetstream';
import { asAdmin } from '../as-admin.ts';
import { type BrokerPlace, loginAs } from '../broker-login.ts';
import { type CheckedArchive, type ImportResult, importArchive } from './import-logs.ts';

/**
 * Imports into a broker that runs and that nobody else uses: each log is written as the user of its service,
 * who alone may.
 * @throws as `importArchive`.
 */
export const importInto = async (
  broker: BrokerPlace,
  asked: { plan: BrokerPlan; archive: CheckedArchive; onProgress: (text: string) => void },
): Promise<ImportResult> =>
  await asAdmin(broker, async ({ connection }) => {
    const opened: Awaited<ReturnType<typeof connectBroker>>[] = [];
    const copiesOf = async (service: string) => {
      const own = await connectBroker(loginAs(broker, service, 'refrain import'));
      opened.push(own);
      return jetStreamCopies(own);
    };
    try {
      return await importArchive({ connection, copiesOf, ...asked });
    } finally {
      for (const one of opened) await one.close();
    }
  });
