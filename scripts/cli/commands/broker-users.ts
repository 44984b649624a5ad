import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '@refrain/errors';
import { brokerPlan, natsUsersConfig } from '@refrain/jetstream';
import { defineCommand } from '../command.ts';
import { readDataFolder } from '../config.ts';
import { exit, UsageError } from '../errors.ts';
import { allTopologies } from '../guests/guest-list.ts';
import { fillUsersFile, replaceFile } from '../supervisor/credentials.ts';

export const command = defineCommand({
  name: 'broker-users',
  summary:
    'Writes the users of a broker of yours: what each may do, and the passwords that services log in with.',
  operands: '<folder>',
  operandCount: { min: 1, max: 1 },
  options: {},
  notes: [
    'users.conf is included in the configuration of nats-server, users.json is what NATS_USERS names.',
    'A password that stands in users.json stays; what is missing is drawn. Guests of the data folder are among them.',
    'Run it again after each update, since what services may do can change; then nats-server --signal reload.',
  ],
  async run({ operands: [operand = ''], env, out }) {
    const folder = resolve(operand);
    makeFolder(folder);
    const plan = brokerPlan(allTopologies(readDataFolder({ env })));
    const names = plan.users.map(({ name }) => name);
    const [usersFile, conf] = [join(folder, 'users.json'), join(folder, 'users.conf')];
    const passwords = fillUsersFile(usersFile, names);
    const users = [...passwords].map(([name, password]) => ({ name, password }));
    replaceFile(conf, natsUsersConfig({ plan, users }));
    out.line(`${conf}: include it in the configuration of nats-server`);
    out.line(`${usersFile}: name it in NATS_USERS`);
    out.document({ users: names, conf, usersFile });
    return exit.fine;
  },
});

/** @throws UsageError where no folder can be. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UsageError(
      `refrain broker-users: ${folder} cannot be a folder: ${messageOf(error)}. Nothing was written.`,
    );
  }
}
