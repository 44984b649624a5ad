import { setTimeout as sleep } from 'node:timers/promises';
import { isRefrainError, RefrainError } from '@refrain/errors';
import type { ServiceTopology } from '@refrain/event-log';
import { type BrokerPlan, mayAsk } from '@refrain/jetstream';
import { loginAs } from '../broker-login.ts';
import { UsageError } from '../errors.ts';
import { changeUsers, nodesOf, planOf } from '../guests/broker-users.ts';
import { guestsOf } from '../guests/guest-list.ts';
import { laterServices } from '../later-services.ts';
import type { FoundShop } from '../shop-at.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { keepTopologies, startedTopologies } from '../supervisor/kept-topologies.ts';
import { shopTopology } from '../supervisor/shop-topology.ts';
import {
  type ChangedUser,
  changedServices,
  changeOf,
  questionsOf,
  refuseUnknownSources,
  replaced,
} from './broker-change.ts';
import { goingOn, type RestartStage } from './request.ts';

/** Nobody takes the deliveries of a process that has ended; the broker sees that within seconds. */
const freeMs = 15_000;
const allowedMs = 10_000;
const lookEveryMs = 50;

type Restarted = Pick<RestartStage, 'processes' | 'services'>;

/** The broker of a shop, as today’s code wants it for the services that are restarted. */
export interface BrokerAtRestart {
  /**
   * Makes what is missing, and changes what troubles nobody who runs.
   * @throws UsageError, RF_TOPOLOGY, RF_TOPOLOGY_PLAN, RF_UNREACHABLE; nothing has been ended.
   */
  prepare(all: Restarted): Promise<void>;
  /**
   * Does the rest, while all instances of these services have ended: their durables hear what they are to
   * hear now, their users may do what is new.
   */
  complete(stage: Restarted): Promise<void>;
}

/** `now`: what the services need by today’s code. */
export function brokerAtRestart(
  shop: FoundShop,
  now: readonly ServiceTopology[] = shopTopology(),
): BrokerAtRestart {
  const { dataFolder } = shop;
  let before = startedTopologies(shop, now);
  const plan = (topologies: readonly ServiceTopology[]): BrokerPlan =>
    planOf([...topologies, ...guestsOf(dataFolder)], shop);
  const towards = ({ services }: Restarted) => {
    const after = replaced(before, now, services);
    const [was, is] = [plan(before), plan(after)];
    return { after, plan: is, ...changeOf(was, is) };
  };
  const isOurs = nodesOf(shop).length > 0;

  return {
    prepare: async (all) => {
      refuseUnknownSources(replaced(before, now, all.services), laterServices(shop));
      const { after, plan: next, refiltered, users } = towards(all);
      refuseHalf(changedServices(before, after), all, shop);
      if (!isOurs) await refuseForbidden(shop, users);
      await reconcileBroker(shop, {
        ...next,
        durables: next.durables.filter((durable) => !refiltered.includes(durable)),
      });
    },
    complete: async (stage) => {
      const { after, plan: next, refiltered, users } = towards(stage);
      if (refiltered.length > 0) await reconcileFreed(shop, { ...next, durables: refiltered });
      if (isOurs && stage.services.length > 0) {
        // Whatever was noted: a restart that was broken off may have left the broker with what it wanted.
        changeUsers(shop, next);
        await untilAllowed(shop, [...users, ...questionsOf(next, stage.services)]);
      }
      // Only now: broken off before, the same is found to be missing again.
      keepTopologies(dataFolder, after);
      before = after;
    },
  };
}

/** An old instance would go on with what the broker gives the new ones. */
function refuseHalf(changed: readonly string[], all: Restarted, shop: FoundShop): void {
  const left = goingOn({ processes: all.processes, services: changed }, shop);
  if (left.length > 0)
    throw new UsageError(
      `refrain restart: ${changed.join(', ')} asks for something else of the broker now, and ${left.join(', ')} would go on without knowing. Nothing was restarted. Name all instances: refrain restart ${[...all.processes, ...left].join(' ')}.`,
    );
}

/** What its users may do is for the owner of a broker to say. */
async function refuseForbidden(shop: FoundShop, users: readonly ChangedUser[]): Promise<void> {
  for (const { name, asks } of users)
    if (asks.length > 0 && !(await mayAsk(loginAs(shop, name, 'refrain restart'), asks)))
      throw new UsageError(
        `refrain restart: the broker is not ours, and does not answer its user ${name} on ${asks.join(', ')}. Nothing was restarted. Give it what \`npx refrain broker-users\` writes, then say the same again.`,
      );
}

async function reconcileFreed(shop: FoundShop, plan: BrokerPlan): Promise<void> {
  for (const giveUpAt = performance.now() + freeMs; ; await sleep(lookEveryMs)) {
    try {
      return await reconcileBroker(shop, plan);
    } catch (error) {
      const busy = isRefrainError(error) && error.code === 'RF_DURABLE_BUSY';
      if (!busy || performance.now() > giveUpAt) throw error;
    }
  }
}

/** Waits until every node has read what the users may do. @throws RF_UNREACHABLE when one has not in time. */
async function untilAllowed(shop: FoundShop, users: readonly ChangedUser[]): Promise<void> {
  const giveUpAt = performance.now() + allowedMs;
  for (const natsUrl of shop.natsUrl.split(','))
    for (const { name, asks } of users)
      while (!(await mayAsk(loginAs({ ...shop, natsUrl }, name, 'refrain restart'), asks))) {
        if (performance.now() > giveUpAt)
          throw new RefrainError('RF_UNREACHABLE', {
            what: 'nats-server',
            where: natsUrl,
            problem: `it does not answer ${name} on ${asks.join(', ')} within ${allowedMs / 1_000} s; say the same again`,
          });
        await sleep(lookEveryMs);
      }
}
