import { defineCommand } from '../command.ts';
import { readConfig } from '../config.ts';
import { exit, UsageError } from '../errors.ts';
import { integer, integerOr, list, onOff } from '../options.ts';
import { type Output, table } from '../output.ts';
import type { RunFile } from '../supervisor/run-file.ts';
import { prepareShop, type Shop } from '../supervisor/shop.ts';
import { endOnSignals } from '../supervisor/signals.ts';
import { createTerminal } from '../supervisor/terminal.ts';
import { readUpRequest } from '../supervisor/up-request.ts';

export const command = defineCommand({
  name: 'up',
  summary: 'Starts the whole shop: broker, sandboxes, services. Keeps it running until Ctrl-C.',
  operands: '',
  options: {
    fresh: onOff('delete what the shop kept, and begin with an empty log'),
    only: list('a,b', 'start these only, of psp, mail, governor, orders, payments, inventory, notifications'),
    instances: list('NAME=N', 'further instances of a service or the governor, on free ports: payments=3'),
    nodes: integerOr('N', 'nodes of the broker', 1, { min: 1, max: 3 }),
    portBase: integer('N', 'move all ports (4000)', { min: 1024, max: 65_500 }),
    realProviders: onOff('use STRIPE_API_KEY (a test key) and SMTP_URL instead of the sandboxes'),
  },
  async run({ options, env, out }) {
    const request = readUpRequest(options);
    const config = readConfig({ env, flags: options });
    if (process.platform === 'win32')
      throw new UsageError('refrain up does not run on Windows in this version. Nothing was started.');
    const terminal = createTerminal({
      write: (text) => (out.json ? true : process.stdout.write(text)),
      colour: process.stdout.isTTY && !env['NO_COLOR'],
    });
    const shop = await prepareShop({ ...request, config, fresh: options.fresh, terminal });
    const ended = endOnSignals(shop, terminal.say);
    try {
      await shop.start();
    } catch (error) {
      await shop.stop();
      shop.release();
      throw error;
    }
    if (!ended.begun()) report(shop, out);
    await ended.done;
    shop.release();
    return exit.fine;
  },
});

function report(shop: Shop, out: Output): void {
  const run = shop.run();
  out.document(documentOf(run));
  for (const line of welcome(run)) out.line(line);
}

const documentOf = ({ processes }: RunFile) =>
  processes.map(({ name, pid, url, status }) => ({ name, pid, url, status }));

/** What a person sees once everything runs, and what to type next. */
export function welcome({ processes }: Pick<RunFile, 'processes'>): string[] {
  const rows = processes.map(({ name, url, pid }) => [`  ${name}`, url === '' ? '-' : url, `pid ${pid}`]);
  const next = processes.some(({ name }) => name === 'orders')
    ? ['Next, in another terminal:', '  npx refrain order tea-001:2', '  npx refrain demo', '']
    : [];
  return ['', ...table(rows), '', ...next, 'Ctrl-C ends it.', ''];
}
