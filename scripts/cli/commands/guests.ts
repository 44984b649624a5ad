import type { ServiceTopology } from '@refrain/event-log';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import {
  changeUsers,
  credentialsOf,
  forgetCredentials,
  nodesOf,
  planOf,
  untilKnown,
  userIn,
} from '../guests/broker-users.ts';
import { runningTopologies, dropGuest, guestsOf, keepGuest, readTopology } from '../guests/guest-list.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { commandGroup } from '../subcommands.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { childNames } from '../supervisor/process-table.ts';

const hears = ({ service, durables }: ServiceTopology): string[] =>
  durables.map(({ stream }) => stream).filter((stream) => stream !== service);

const ls = defineCommand({
  name: 'guests ls',
  summary: 'The services of other repositories that this shop has admitted, and whom they hear.',
  operands: '',
  options: {},
  async run({ env, out }) {
    const guests = guestsOf(findShop(env).dataFolder);
    for (const line of table(guests.map((guest) => [guest.service, `hears ${hears(guest).join(', ')}`])))
      out.line(line);
    if (guests.length === 0) out.line('No guests.');
    out.document(guests);
    return exit.fine;
  },
});

/** Names that the broker's users and the shop's processes have. */
const taken: readonly string[] = [...childNames, 'admin', 'audit', 'route', 'supervisor', 'nats'];

const admit = defineCommand({
  name: 'guests admit',
  summary: 'Lets a service of another repository take part: makes its streams, its durables and its user.',
  operands: '<topology.json>',
  operandCount: { min: 1, max: 1 },
  options: {},
  notes: [
    'The file is what topologyOf(definition) of @refrain/runtime makes, as JSON.',
    'Its user may do what a service of the shop may, and nothing else. Again with another file: what is new is made.',
    'A later `up` knows it too, and does not start it.',
  ],
  async run({ operands: [path = ''], env, out }) {
    const guest = readTopology(path);
    const { service } = guest;
    if (taken.includes(service))
      throw new UsageError(
        `refrain guests admit: ${service} is a name of the shop itself. Nothing was done.`,
      );
    const shop = findShop(env);
    const others = runningTopologies(shop).filter((one) => one.service !== service);
    const plan = planOf([...others, guest], shop);
    // What the broker refuses is not kept, or no later `up` would start.
    await reconcileBroker(shop, plan);
    keepGuest(shop.dataFolder, guest);
    if (nodesOf(shop).length > 0) changeUsers(shop, plan);
    const ours = nodesOf(shop).length > 0;
    if (ours) await untilKnown(shop, service);
    const user = ours ? undefined : userIn(plan, service);
    const credentials = ours ? { REFRAIN_NATS_CREDENTIALS: credentialsOf(shop, service) } : {};
    const ca = shop.natsCa === undefined ? {} : { NATS_CA: shop.natsCa };
    const settings = { NATS_URL: shop.natsUrl, ...ca, ...credentials };
    out.line(`${service} is admitted. Start it with`);
    for (const [key, value] of Object.entries(settings)) out.line(`  ${key}=${value}`);
    if (user) {
      out.line('The broker is not ours: `npx refrain broker-users` writes its user among the others. It is');
      out.line(JSON.stringify(user, undefined, 2));
    }
    out.document({ service, settings, ...(user && { user }) });
    return exit.fine;
  },
});

const dismiss = defineCommand({
  name: 'guests dismiss',
  summary: 'Takes the user of a guest away, so that it can neither hear nor record any more.',
  operands: '<service>',
  operandCount: { min: 1, max: 1 },
  options: {},
  notes: [
    'Its log stays, as every log does, and its place in what it heard: admitted again, it goes on there.',
  ],
  async run({ operands: [service = ''], env, out }) {
    const shop = findShop(env);
    const names = guestsOf(shop.dataFolder).map((guest) => guest.service);
    if (!names.includes(service))
      throw new UsageError(
        `refrain guests dismiss: expected one of the guests (${names.join(', ') || 'there are none'}), found "${service}". Nothing was done.`,
      );
    const others = runningTopologies(shop).filter((one) => one.service !== service);
    const plan = planOf(others, shop); // refuses, before anything is done, where another guest hears this one
    const ours = nodesOf(shop).length > 0;
    dropGuest(shop.dataFolder, service);
    if (ours) {
      changeUsers(shop, plan);
      forgetCredentials(shop, service);
    }
    out.line(`${service} is dismissed. Its log stays, and its place in what it heard.`);
    if (!ours) out.line('The broker is not ours: take its user away there.');
    out.document({ service, dismissed: true });
    return exit.fine;
  },
});

export const command = commandGroup({
  name: 'guests',
  summary: 'Services of other repositories: who is admitted, admit one, dismiss one.',
  subcommands: [ls, admit, dismiss],
});
