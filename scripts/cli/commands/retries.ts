import { isShopHeld } from '../archive/hold.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { text } from '../options.ts';
import { Desks } from '../operator/desks.ts';
import { idOf, saidOf, saidOptions } from '../operator/options.ts';
import { codeOf, reasonOf, tellSpoken, tellUnknown } from '../operator/telling.ts';
import { newerView, operationView } from '../operator/views.ts';
import { operationAt, sayOf } from '../operator/words.ts';
import { table } from '../output.ts';
import { type FoundShop, findShop } from '../shop-at.ts';
import { commandGroup } from '../subcommands.ts';

const one = { operands: '<operationId>', operandCount: { min: 1, max: 1 } } as const;

const HELD =
  'Nobody is called: this shop was imported, and nobody has taken it over (refrain import --take-over).';

/** Where the broker does not tell, the list is what it is. */
const isHeld = async (shop: FoundShop): Promise<boolean> => await isShopHeld(shop).catch(() => false);

const ls = defineCommand({
  name: 'retries ls',
  summary: 'Every operation without an outcome: open, parked until it is due, waiting, stopped by a defect.',
  operands: '',
  options: {
    state: text('STATE', 'only these: open, parked, waiting or defect'),
    flow: text('ID', 'only those of one order'),
  },
  async run({ options: { state, flow }, env, out }) {
    const shop = findShop(env);
    const desks = new Desks(shop);
    const query = new URLSearchParams({ ...(state && { state }), ...(flow && { flow }) }).toString();
    const lists = desks.services.map((s) => desks.all(s, `operations${query && `?${query}`}`, operationView));
    const newerLists = desks.services.map((service) => desks.all(service, 'newer-events', newerView));
    const operations = (await Promise.all(lists)).flat();
    const newer = (await Promise.all(newerLists)).flat();
    const rows = operations.map((it) => [
      it.id,
      `${it.service} ${it.entity}`,
      it.effect,
      it.state,
      `${it.attempts}/${it.attemptsMax}`,
      it.due ?? '-',
      reasonOf(it),
    ]);
    const head = ['operation', 'where', 'effect', 'state', 'attempts', 'due', 'why'];
    if (rows.length > 0) for (const line of table([head, ...rows])) out.line(line);
    out.line(rows.length === 0 ? 'Nothing is open.' : `${rows.length} without an outcome.`);
    const held = await isHeld(shop);
    if (held) out.line(HELD);
    for (const { source, type, version, lastSeen } of newer)
      out.line(`${source} ${type}.${version} waits for a newer build, last seen ${lastSeen}.`);
    out.document({ operations, newerEvents: newer, missing: desks.missing, held });
    return codeOf(desks, out, exit.fine);
  },
});

const show = defineCommand({
  name: 'retries show',
  summary: 'One operation: where it stands, when it is due, what failed last, what it needs.',
  ...one,
  options: {},
  async run({ operands, env, out }) {
    const id = idOf('retries show', one.operands, operands[0]);
    const desks = new Desks(findShop(env));
    const found = await operationAt(desks, id);
    if (found?.kind !== 'done') return tellUnknown(desks, out, 'operation', id);
    const it = found.value;
    const rows = [
      ['operation', id],
      ['of', `${it.service} ${it.entity}, order ${it.flow}`],
      ['effect', `${it.effect}, at ${it.dependency}, since ${it.since}`],
      ['state', it.state],
      ['attempts', `${it.attempts} on record, the rule has ${it.attemptsMax}`],
      ...(it.due === undefined ? [] : [['due', it.due]]),
      ['why', reasonOf(it) || '-'],
    ];
    for (const line of table(rows)) out.line(line);
    out.line(`Every attempt: npx refrain why ${id}`);
    out.document(it);
    return exit.fine;
  },
});

/** First what there is, then the word about that attempt: a repeat of it never means the next one. */
const speaking = (action: 'retry' | 'cancel', name: string, summary: string) =>
  defineCommand({
    name,
    summary,
    ...one,
    options: saidOptions,
    async run({ options, operands, env, out }) {
      const id = idOf(name, one.operands, operands[0]);
      const said = saidOf(name, options);
      const desks = new Desks(findShop(env));
      const seen = await operationAt(desks, id);
      if (seen?.kind !== 'done') return tellUnknown(desks, out, 'operation', id);
      const { service, attempts: attempt } = seen.value;
      return tellSpoken(await sayOf(desks, { service, id }, action, { ...said, attempt }), out, id);
    },
  });

const now = speaking(
  'retry',
  'retries now',
  'Makes the next attempt due now. It still goes through the governor.',
);
const cancel = speaking(
  'cancel',
  'retries cancel',
  'No further attempt: it is settled with the provider where that can be asked, or given up.',
);

export const command = commandGroup({
  name: 'retries',
  summary: 'Operations that are open or wait: what is due when, and why; retry one now, or end its attempts.',
  subcommands: [ls, show, now, cancel],
});
