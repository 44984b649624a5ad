import type { Delivery, EventLog, Firing, NewCommit, Schedules } from '@refrain/event-log';
import type { Governing } from '@refrain/governor';

/** One point of a process's life: just before or just after a call through one of its ports. */
export interface PortPoint {
  readonly service: string;
  readonly instance: string;
  /** `log.append`, `delivery.ack`, `psp.confirm`. */
  readonly call: string;
  /** What the call was about, in words that do not depend on ids: `ChargeCaptured`, `charge`. */
  readonly about: string;
  readonly phase: 'before' | 'after';
}

/** The same point in every run: the service, the call, what it is about, and the phase. */
export const labelOf = ({ service, call, about, phase }: PortPoint): string =>
  `${service}: ${phase} ${call}${about === '' ? '' : ` of ${about}`}`;

/** Who is told of every point, and may kill the process there. */
export interface Watch {
  readonly at: (call: string, about: string, phase: PortPoint['phase']) => void;
  readonly isAlive: () => boolean;
}

/** Each its own: whoever waits for it is forgotten with it, and with them the world that they lived in. */
const never = (): Promise<never> => new Promise(() => {});

/** One call through a port: told before and after. A process that is killed at either hears nothing more. */
async function through<T>(watch: Watch, name: string, about: string, call: () => Promise<T>): Promise<T> {
  watch.at(name, about, 'before');
  if (!watch.isAlive()) return await never();
  const result = await call();
  watch.at(name, about, 'after');
  return watch.isAlive() ? result : await never();
}

/** As `through`, for what answers nothing. */
function said(watch: Watch, name: string, about: string, say: () => void): void {
  watch.at(name, about, 'before');
  if (!watch.isAlive()) return;
  say();
  watch.at(name, about, 'after');
}

/** Every asynchronous function of a port that a scenario brings, watched under the port's name. */
export function watchedPort<T extends object>(watch: Watch, name: string, port: T): T {
  const wrapped = Object.entries(port).map(([method, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [method, value] as const;
    const call = value as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]): unknown =>
      through(watch, `${name}.${method}`, '', async () => await call.apply(port, args));
    return [method, watched] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

const typesOf = (types: readonly string[]): string =>
  [...new Set(types.map((text) => text.slice(0, text.lastIndexOf('.'))))].sort().join('+');
const eventsOf = ({ events }: NewCommit): string =>
  [...new Set(events.map(({ type }) => type))].sort().join('+');

type Settled = Pick<Delivery, 'ack' | 'nak' | 'working'>;

const settling = (watch: Watch, name: string, about: string, of: Settled): Settled => ({
  ack: () => said(watch, `${name}.ack`, about, () => of.ack()),
  nak: (delayMs) => said(watch, `${name}.nak`, about, () => of.nak(delayMs)),
  working: () => said(watch, `${name}.working`, about, () => of.working()),
});

export function watchedLog(watch: Watch, log: EventLog): EventLog {
  const call = <T>(method: string, about: string, act: () => Promise<T>): Promise<T> =>
    through(watch, `log.${method}`, about, act);
  return {
    append: (commit) => call('append', eventsOf(commit), () => log.append(commit)),
    load: (entity, after, limit) => call('load', entity.entityType, () => log.load(entity, after, limit)),
    last: (entity) => call('last', entity.entityType, () => log.last(entity)),
    read: (service, from, limit) => call('read', service, () => log.read(service, from, limit)),
    lastSequence: (service) => call('lastSequence', service, () => log.lastSequence(service)),
    lag: (ref) => call('lag', ref.durable, () => log.lag(ref)),
    clockOffset: (service) => call('clockOffset', service, () => log.clockOffset(service)),
    storage: (service) => call('storage', service, () => log.storage(service)),
    subscribe: (ref, options, handle) =>
      call('subscribe', ref.durable, () =>
        log.subscribe(ref, options, (delivery) => {
          const about = `${typesOf(delivery.commit.types)} in ${ref.durable}`;
          return handle({ ...delivery, ...settling(watch, 'delivery', about, delivery) });
        }),
      ),
  };
}

export function watchedSchedules(watch: Watch, schedules: Schedules): Schedules {
  const call = <T>(method: string, about: string, act: () => Promise<T>): Promise<T> =>
    through(watch, `schedules.${method}`, about, act);
  return {
    set: (alarm, at) => call('set', alarm.entityType, () => schedules.set(alarm, at)),
    cancel: (alarm) => call('cancel', '', () => schedules.cancel(alarm)),
    pendingAt: (alarm) => call('pendingAt', '', () => schedules.pendingAt(alarm)),
    subscribe: (service, options, handle) =>
      call('subscribe', '', () =>
        schedules.subscribe(service, options, (firing: Firing) =>
          handle({ ...firing, ...settling(watch, 'firing', firing.alarm.entityType, firing) }),
        ),
      ),
  };
}

export const watchedGoverning = (watch: Watch, governing: Governing): Governing => ({
  report: (report) => said(watch, 'governing.report', '', () => governing.report(report)),
  listen: (dependencies, heard) =>
    through(watch, 'governing.listen', dependencies.join('+'), () => governing.listen(dependencies, heard)),
});

/** Time as a process sees it, watched too: what it waits for is an await as any other. */
export const watchedSleep = (watch: Watch, sleep: () => Promise<void>): Promise<void> =>
  through(watch, 'clock.sleep', '', sleep);
