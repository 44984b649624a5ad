import { jetStreamCopies, platformIdOf } from '@refrain/jetstream';
import { checkTarget } from '../archive/export-shop.ts';
import { recordFlow } from '../archive/record-flow.ts';
import { asAdmin } from '../as-admin.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { startedServices, tellLater } from '../later-services.ts';
import { idOf } from '../operator/options.ts';
import { findShop } from '../shop-at.ts';
import { plural } from '../plural.ts';

export const command = defineCommand({
  name: 'record',
  summary: 'Writes the history of one flow to a file: a test that today’s code decides the same.',
  operands: '<orderId, or another flow’s id> <file>',
  operandCount: { min: 2, max: 2 },
  options: {},
  notes: [
    'Of each entity in it all commits up to the flow’s last one, as CloudEvents, one a line.',
    'Put it into test/histories: npm test makes each of its decisions again.',
    'It holds what the logs hold, also the customer’s address. Record made-up orders.',
  ],
  async run({ operands: [typed, file = ''], env, out }) {
    const flow = idOf('record', '<orderId>', typed);
    checkTarget(file, 'record');
    const shop = findShop(env);
    const services = startedServices(shop);
    const done = await asAdmin(shop, async ({ connection }) =>
      recordFlow({
        copies: jetStreamCopies(connection),
        platformId: await platformIdOf(connection, services[0] ?? ''),
        services,
        flow,
        file,
        onProgress: out.progress,
      }),
    );
    tellLater(out, shop);
    if (!done) {
      const message = `No log knows the flow ${flow}. Nothing was recorded.`;
      out.note(message);
      out.document({ error: { code: 'FINDING', message, exit: exit.finding } });
      return exit.finding;
    }
    out.line(
      `recorded ${plural(done.events, 'event')} of ${plural(done.entities, 'entity', 'entities')}, ${done.bytes} bytes: ${file}`,
    );
    out.document(done);
    return exit.fine;
  },
});
