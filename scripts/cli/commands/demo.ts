import { randomInt } from 'node:crypto';
import { readArguments } from '../arguments.ts';
import { type Command, type Context, defineCommand } from '../command.ts';
import { mix } from '../demo/mix.ts';
import { runDemo } from '../demo/run.ts';
import { runStorm, stormS } from '../demo/storm.ts';
import { linesOf, summarise } from '../demo/summary.ts';
import { exit, UsageError } from '../errors.ts';
import { integer, integerOr, text } from '../options.ts';
import { createOrdersClient, type OrdersClient } from '../orders/orders-client.ts';
import type { Output } from '../output.ts';
import { importCommand } from '../registry.ts';
import { findShop, urlOf } from '../shop-at.ts';
import { plural } from '../plural.ts';

/** A service may be started again while a demo runs: a repeat bears the same key. */
const patienceMs = 30_000;
const seedMax = 2 ** 31 - 1;

export const command = defineCommand({
  name: 'demo',
  summary: 'Places a mix of orders, follows all of them, and ends with the audit.',
  operands: '',
  options: {
    orders: integerOr('N', 'how many', 50, { min: 1, max: 1_000_000 }),
    rate: integerOr('R', 'how many a second', 25, { min: 1, max: 10_000 }),
    seed: integer('S', 'the same seed gives the same orders under the same keys (drawn anew)', {
      min: 0,
      max: seedMax,
    }),
    timeout: integerOr('SECONDS', 'how long one order may take', 60, { min: 1, max: 86_400 }),
    faults: text('storm', 'the payment provider struggles, fails and heals meanwhile; takes a minute or two'),
  },
  notes: [
    'The mix: good orders, declined cards, too little stock, several lines, requests sent twice at once,',
    'a key used again for another order, cancellations by the customer.',
    '--faults storm places orders for 45 s, and tells what the governor says. Without --orders and --rate.',
  ],
  async run(context) {
    const { options, env, out } = context;
    const shop = findShop(env);
    const client = createOrdersClient({ url: urlOf(shop, 'orders'), patienceMs });
    const seed = options.seed ?? randomInt(1_000_000);
    const stormy = isStorm(options.faults);
    const load = stormy ? { orders: stormS * stormRate, rate: stormRate } : options;
    const timeoutMs = (stormy ? Math.max(stormTimeoutS, options.timeout) : options.timeout) * 1_000;
    out.line(`${plural(load.orders, 'order')} at ${load.rate} a second; again with --seed ${seed}`);
    const over = new AbortController();
    const urls = stormy && { pspUrl: urlOf(shop, 'psp'), governorUrl: urlOf(shop, 'governor') };
    const story = urls && runStorm({ ...urls, tell: out.line, signal: over.signal });
    const onProgress = (ended: number, underWay: number): void =>
      out.progress(`${ended} of ${load.orders} settled, ${underWay} under way`);
    const demo = { rate: load.rate, timeoutMs, onProgress };
    const placed = new Set<string>();
    const running = runDemo(counting(client, placed), mix(seed, load.orders), demo).finally(() =>
      over.abort(),
    );
    // The story ends after the orders, whatever became of them: until then the provider is not sound.
    const [ran, told] = await Promise.allSettled([running, story]);
    if (ran.status === 'rejected') {
      out.note(`stopped after ${placed.size} of ${load.orders} placed; again with --seed ${seed}`);
      throw ran.reason;
    }
    if (told.status === 'rejected') throw told.reason;
    const [results, words] = [ran.value, told.value];
    out.progress('');
    const summary = summarise(seed, results);
    for (const line of linesOf(summary)) out.line(line);
    const audited = await runAudit(context);
    const more = {
      ...(words && { words }),
      ...(audited.document !== undefined && { audit: audited.document }),
    };
    out.document({ ...summary, ...more });
    const found = summary.broken.length > 0 || summary.unsettled.length > 0;
    return found ? exit.finding : audited.code;
  },
});

/** Orders a second while the provider struggles, and how long one of them may take in seconds. */
const stormRate = 10;
const stormTimeoutS = 180;

/** @throws UsageError for a story that there is not. */
function isStorm(faults: string | undefined): boolean {
  if (faults === undefined || faults === 'storm') return faults === 'storm';
  throw new UsageError(`refrain demo: --faults: expected storm, found "${faults}". Nothing was placed.`);
}

/** The client, which keeps the ids of the orders that it was told are placed. */
const counting = (client: OrdersClient, placed: Set<string>): OrdersClient => ({
  ...client,
  place: async (request, key) => {
    const answer = await client.place(request, key);
    if (answer.outcome === 'accepted') placed.add(answer.orderId);
    return answer;
  },
});

interface AuditModule {
  readonly command: Command;
  audit(context: Context): Promise<number>;
}

/** The audit's words go where the demo's go; its document becomes a part of the demo's. */
async function runAudit({
  env,
  out,
}: Pick<Context, 'env' | 'out'>): Promise<{ code: number; document?: unknown }> {
  const module = (await importCommand('audit')) as AuditModule;
  let document: unknown;
  const within: Output = { ...out, document: (value) => void (document = value) };
  const code = await module.audit({ ...readArguments(module.command, []), env, out: within });
  return { code, document };
}
