import type { EventLog } from '@refrain/event-log';
import { ServiceHost } from '@refrain/runtime';
import { benchPorts } from './refrain-ports.ts';
import { benchServices } from './refrain-services.ts';
import { reportDone, reportReady } from './worker.ts';

/** One of the shop's services, hosted as in production, but for its doors. */
const name = process.env['BENCH_WORKER'] ?? '';
const ports = await benchPorts(process.env['NATS_URL'] ?? '', name);

/** An order is done when the mail about it is on record: the last event of its flow. */
const reporting = (log: EventLog): EventLog => ({
  ...log,
  append: async (commit) => {
    const result = await log.append(commit);
    if (result.outcome === 'appended' && commit.events.some(({ type }) => type === 'MailSent'))
      reportDone(commit.entity.entityId);
    return result;
  },
});

const log = name === 'notifications' ? reporting(ports.log) : ports.log;
const definition = benchServices[name];
if (!definition) throw new Error(`There is no service ${name}.`);
const host = new ServiceHost(
  definition(),
  { ...ports, log },
  { platformId: process.env['BENCH_PLATFORM_ID'] ?? '', instance: name },
);
await host.start();
reportReady();
