import type { EventLog } from '@refrain/event-log';
import { UsageError } from './errors.ts';
import type { Output } from './output.ts';
import { serviceNames } from './supervisor/found-services.ts';
import type { RunFile } from './supervisor/run-file.ts';

type StartedWith = Pick<RunFile, 'services'>;

/**
 * Services that came into this checkout after the shop was started: it has no stream for them, and they may
 * not be asked for. None where an older build wrote down no names.
 */
export const laterServices = ({ services }: StartedWith): string[] =>
  services === undefined ? [] : serviceNames.filter((name) => !services.includes(name));

/** The services of this checkout that the running shop has streams for. */
export function startedServices(shop: StartedWith): string[] {
  const later = laterServices(shop);
  return serviceNames.filter((name) => !later.includes(name));
}

/** `gifts is in this checkout and not in the running shop: start the shop again`. */
const laterText = (names: readonly string[]): string =>
  `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} in this checkout and not in the running shop: start the shop again`;

/** Says which services of this checkout the running shop does not have; returns their names. */
export function tellLater(out: Pick<Output, 'note'>, shop: StartedWith): string[] {
  const later = laterServices(shop);
  noteLater(out, later);
  return later;
}

/** Says it of services by their names, where there are any. */
export function noteLater(out: Pick<Output, 'note'>, later: readonly string[]): void {
  if (later.length > 0) out.note(`Left out: ${laterText(later)}.`);
}

/** @throws UsageError for a service that the running shop has no stream for. */
export function refuseLater(command: string, services: readonly string[], shop: StartedWith): void {
  const later = laterServices(shop).filter((name) => services.includes(name));
  if (later.length > 0) throw new UsageError(`refrain ${command}: ${laterText(later)}. Nothing was done.`);
}

/**
 * The shop's logs for those who read all of them: that of a service which came later is empty, as it will be
 * when the shop is started again.
 */
export function readingStarted(log: EventLog, shop: StartedWith): EventLog {
  const later = new Set(laterServices(shop));
  if (later.size === 0) return log;
  return {
    ...log,
    load: async (entity, after, limit) =>
      later.has(entity.service) ? [] : await log.load(entity, after, limit),
    last: async (entity) => (later.has(entity.service) ? undefined : await log.last(entity)),
    read: async (service, from, limit) => (later.has(service) ? [] : await log.read(service, from, limit)),
    lastSequence: async (service) => (later.has(service) ? 0 : await log.lastSequence(service)),
  };
}
