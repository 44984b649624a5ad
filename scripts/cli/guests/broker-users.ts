import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RefrainError } from '@refrain/errors';
import type { ServiceTopology } from '@refrain/event-log';
import { brokerPlan, type BrokerPlan, canLogIn, type UserPlan } from '@refrain/jetstream';
import { loginAs } from '../broker-login.ts';
import type { FoundShop } from '../shop-at.ts';
import { writeServerConfigs } from '../supervisor/broker.ts';
import { nodeNames } from '../supervisor/broker-nodes.ts';
import { credentialsPath } from '../supervisor/credentials.ts';
import { runs } from '../supervisor/process-identity.ts';
import type { RunningProcess } from '../supervisor/run-file.ts';

const giveUpMs = 10_000;
const lookEveryMs = 50;

/** The nodes of a broker of ours; none where NATS_URL names another's. */
export const nodesOf = ({ processes }: FoundShop): RunningProcess[] =>
  processes.filter(({ name }) => nodeNames.some((node) => node === name));

export const planOf = (services: readonly ServiceTopology[], { nodes = 1 }: FoundShop): BrokerPlan =>
  brokerPlan(services, { replicas: nodes });

/** A user of the plan, as the owner of a broker that is not ours has to make it. */
export const userIn = ({ users }: BrokerPlan, service: string): UserPlan | undefined =>
  users.find(({ name }) => name === service);

/**
 * Gives a broker of ours the users of the plan, while it runs. Who keeps what it may do keeps its connection.
 */
export function changeUsers(shop: FoundShop, plan: BrokerPlan): void {
  const { credentialsFolder: folder = '', nodes = 1 } = shop;
  writeServerConfigs({ ...shop, plan, folder, nodes: nodes === 3 ? 3 : 1 });
  // Told to look at its configuration again. Never its group: the keeper in it would end.
  for (const node of nodesOf(shop)) if (runs(node)) process.kill(node.pid, 'SIGHUP');
}

/** Where the user of a guest finds what it logs in with. */
export const credentialsOf = ({ credentialsFolder = '' }: FoundShop, service: string): string =>
  credentialsPath(credentialsFolder, service);

export const forgetCredentials = (shop: FoundShop, service: string): void =>
  rmSync(credentialsOf(shop, service), { force: true });

/** Waits until every node has taken the users. @throws RF_UNREACHABLE when one does not within 10 s. */
export async function untilKnown(shop: FoundShop, service: string): Promise<void> {
  const giveUpAt = performance.now() + giveUpMs;
  for (const natsUrl of shop.natsUrl.split(','))
    while (!(await canLogIn(loginAs({ ...shop, natsUrl }, service, 'refrain guests')))) {
      if (performance.now() > giveUpAt)
        throw new RefrainError('RF_UNREACHABLE', {
          what: 'nats-server',
          where: natsUrl,
          problem: `it has not let in ${service} within ${giveUpMs / 1_000} s; say the same again`,
        });
      await sleep(lookEveryMs);
    }
}
