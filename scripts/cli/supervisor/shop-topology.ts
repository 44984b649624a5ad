import type { ServiceTopology } from '@refrain/event-log';
import { serviceNames } from './process-table.ts';

/** What every service of the shop needs of the broker, whether or not it runs now: a stream outlives its service. */
export function shopTopology(): ServiceTopology[] {
  return serviceNames.map((service) => ({ service, durables: [], schedules: service === 'payments' }));
}
