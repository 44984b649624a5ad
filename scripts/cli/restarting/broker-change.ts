import type { ServiceTopology } from '@refrain/event-log';
import type { BrokerPlan, DurablePlan } from '@refrain/jetstream';
import { UsageError } from '../errors.ts';

const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What the services of a run need, when some of them are restarted with what they need now. */
export const replaced = (
  before: readonly ServiceTopology[],
  now: readonly ServiceTopology[],
  restarted: readonly string[],
): ServiceTopology[] =>
  before.map((one) => {
    const renewed = restarted.includes(one.service) && now.find(({ service }) => service === one.service);
    return renewed || one;
  });

/** Of the restarted services those that need something else of the broker than before. */
export const changedServices = (
  before: readonly ServiceTopology[],
  after: readonly ServiceTopology[],
): string[] => after.filter((one, place) => !sameValue(one, before[place])).map(({ service }) => service);

/**
 * @throws UsageError for a service that hears one of the checkout which the running shop does not have.
 */
export function refuseUnknownSources(after: readonly ServiceTopology[], later: readonly string[]): void {
  for (const { service, durables } of after)
    for (const { stream } of durables)
      if (later.includes(stream))
        throw new UsageError(
          `refrain restart: ${service} hears ${stream}, which is new and not in the running shop. Nothing was restarted. End the shop with Ctrl-C, then \`npm start\` starts both.`,
        );
}

export interface BrokerChange {
  /**
   * Durables that are to hear something else than they do. Who takes their deliveries with the old code would
   * settle unread what the new code is to hear, or miss what it hears itself: they are changed while nobody
   * does.
   */
  readonly refiltered: readonly DurablePlan[];
  /** Users that may do something else than before. */
  readonly users: readonly ChangedUser[];
}

export interface ChangedUser {
  readonly name: string;
  /** Questions that it may ask now and might not before: they tell whether the broker knows. */
  readonly asks: readonly string[];
}

/** What differs between what a broker was brought to and what it is to be brought to. */
export function changeOf(before: BrokerPlan, after: BrokerPlan): BrokerChange {
  const refiltered = after.durables.filter(({ stream, durable, filters, outside }) => {
    const was = before.durables.find((one) => one.stream === stream && one.durable === durable);
    return was !== undefined && !outside && !sameValue(was.filters, filters);
  });
  const users = after.users.flatMap(({ name, publish, subscribe }) => {
    const was = before.users.find((one) => one.name === name);
    if (sameValue([was?.publish, was?.subscribe], [publish, subscribe])) return [];
    const asks = publish.filter((subject) => isQuestion(subject) && !was?.publish.includes(subject));
    return [{ name, asks }];
  });
  return { refiltered, users };
}

/** What these services may ask of all that they hear. */
export const questionsOf = ({ users }: BrokerPlan, services: readonly string[]): ChangedUser[] =>
  users
    .filter(({ name }) => services.includes(name))
    .map(({ name, publish }) => ({ name, asks: publish.filter(isQuestion) }));

const isQuestion = (subject: string): boolean => subject.startsWith('$JS.API.CONSUMER.INFO.');
