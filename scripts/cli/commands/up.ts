import { setTimeout as sleep } from 'node:timers/promises';
import { isRefrainError } from '@refrain/errors';
import { defineCommand } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { exit, UsageError } from '../errors.ts';
import { integer, integerOr, list, onOff } from '../options.ts';
import { toldLines } from '../recovery/lines.ts';
import { recoveryTold } from '../recovery/recover-shop.ts';
import { type Output, table } from '../output.ts';
import { readServiceSettings } from '../service-settings.ts';
import { faultsSet } from '../supervisor/faults-set.ts';
import { childNames } from '../supervisor/process-table.ts';
import type { RunFile } from '../supervisor/run-file.ts';
import { prepareShop, type Shop } from '../supervisor/shop.ts';
import { endOnSignals } from '../supervisor/signals.ts';
import { createTerminal } from '../supervisor/terminal.ts';
import { type Typed, typedFor } from '../typed-command.ts';
import { readUpRequest, type UpFlags, type UpRequest } from '../supervisor/up-request.ts';

const bannerPauseMs = 150;

export const command = defineCommand({
  name: 'up',
  summary: 'Starts the whole shop: broker, sandboxes, services. Keeps it running until Ctrl-C.',
  operands: '',
  options: {
    fresh: onOff('delete what the shop kept, and begin with an empty log'),
    only: list('a,b', `start these only, of ${childNames.join(', ')}`),
    instances: list('NAME=N', 'further instances of a service or the governor, on free ports: payments=3'),
    nodes: integerOr('N', 'nodes of the broker, 1 or 3; with NATS_URL, copies of each stream', 1, {
      min: 1,
      max: 3,
    }),
    portBase: integer('N', 'move all ports (4000)', { min: 1024, max: 65_500 }),
    realProviders: onOff('use STRIPE_API_KEY (a test key) and SMTP_URL instead of the sandboxes'),
  },
  async run({ options, env, out }) {
    const { request, config } = readAll(options, env);
    if (process.platform === 'win32')
      throw new UsageError('refrain up does not run on Windows in this version. Nothing was started.');
    const terminal = createTerminal({
      write: (text) => (out.json ? true : process.stdout.write(text)),
      colour: process.stdout.isTTY && !env['NO_COLOR'],
    });
    const settingsNow = (): Config['ofServices'] => readServiceSettings({ env });
    const shop = await prepareShop({ ...request, config, fresh: options.fresh, terminal, settingsNow });
    const ended = endOnSignals(shop, terminal.say);
    try {
      await shop.start();
    } catch (error) {
      await shop.stop();
      shop.release();
      throw error;
    }
    if (!ended.begun()) {
      const typed = typedFor(config.dataFolder);
      for (const line of [...(await recovered(shop, typed)), ...(await faultsSet(shop.run()))])
        terminal.say(line);
      await sleep(bannerPauseMs); // what the services say as they get ready comes before
      report(shop, out, typed);
    }
    await ended.done;
    shop.release();
    return exit.fine;
  },
});

/** What services found after a boot: they are ready, so their part has ended, but for those left out. */
async function recovered(shop: Shop, typed: Typed): Promise<string[]> {
  const id = shop.recovery();
  return id === undefined ? [] : toldLines(await recoveryTold(shop.run(), { id, waitMs: 1_000 }), typed);
}

/** What the flags ask for and what the values are. @throws UsageError with all that is wrong with both. */
function readAll(
  options: UpFlags & { portBase?: number | undefined; realProviders: boolean },
  env: NodeJS.ProcessEnv,
): { request: UpRequest; config: Config } {
  const asked = tried(() => readUpRequest(options));
  const read = tried(() => readConfig({ env, flags: options }));
  if (asked instanceof Error && read instanceof Error)
    throw new UsageError(`${asked.message}\n${read.message}`);
  if (asked instanceof Error) throw asked;
  if (read instanceof Error) throw read;
  return { request: asked, config: read };
}

function tried<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError || isRefrainError(error)) return error;
    throw error;
  }
}

function report(shop: Shop, out: Output, typed: Typed): void {
  const run = shop.run();
  out.document(documentOf(run));
  for (const line of welcome(run, typed)) out.line(line);
}

const documentOf = ({ processes }: RunFile) =>
  processes.map(({ name, pid, url, status }) => ({ name, pid, url, status }));

/** What a person sees once everything runs, and what to type next. */
export function welcome({ processes }: Pick<RunFile, 'processes'>, typed: Typed): string[] {
  const rows = processes.map(({ name, url, pid }) => [`  ${name}`, url === '' ? '-' : url, `pid ${pid}`]);
  const shown = processes.find(({ name }) => name === 'console');
  const next = processes.some(({ name }) => name === 'orders')
    ? [
        ...(shown ? [`In a browser: ${shown.url}`] : []),
        'Next, in another terminal:',
        `  ${typed('npx refrain order tea-001:2')}`,
        `  ${typed('npx refrain demo')}`,
        '',
      ]
    : [];
  return ['', ...table(rows), '', ...next, 'Ctrl-C ends it.', ''];
}
