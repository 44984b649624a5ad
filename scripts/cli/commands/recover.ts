import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { tellLeftOut } from '../guests/left-out.ts';
import { integerOr, text } from '../options.ts';
import { startedServices } from '../later-services.ts';
import { isFinding, rewoundLines, toldLines } from '../recovery/lines.ts';
import { recoverShop, recoveryTold } from '../recovery/recover-shop.ts';
import { findShop } from '../shop-at.ts';
import { readTime } from '../shop-log/log-position.ts';

export const command = defineCommand({
  name: 'recover',
  summary: 'Brings logs and world together again after the broker lost the end of what it had acknowledged.',
  operands: '',
  options: {
    since: text('TIME', 'what was stored since then may lack its end, UTC where it names no zone; required'),
    waitS: integerOr('N', 'how long to wait for the services, in seconds', 120, { min: 1, max: 3_600 }),
  },
  notes: [
    'For a broker that is not ours (NATS_URL): --since two of its sync intervals before the power went.',
    'The broker that `up` starts is recovered by `up`, when the machine was booted since.',
    'Every service lets go and starts anew; durables are put back; what may have happened is left to a',
    'person; providers are asked for what they did and the log does not know, and that is undone or shown.',
    'Named by its time: the same again adds nothing, and tells the same.',
    'Exit code 1: something was found, or a service has not ended its part.',
  ],
  async run({ options, env, out }) {
    const since = sinceOf(options.since);
    const shop = findShop(env);
    const id = `since ${new Date(since).toISOString()}`;
    const { dataFolder } = shop;
    const services = startedServices(shop);
    const rewound = await recoverShop(shop, { id, since, dataFolder, services, onProgress: out.progress });
    tellLeftOut(out, env, 'They hear again what they heard; what they called for is not asked for.');
    if (rewound) for (const line of rewoundLines(rewound)) out.line(line);
    const told = await recoveryTold(shop, {
      id,
      services,
      waitMs: options.waitS * 1_000,
      onProgress: out.progress,
    });
    for (const line of toldLines(told)) out.line(line);
    out.document({ ...rewound, ...told });
    return isFinding(told) ? exit.finding : exit.fine;
  },
});

/** @throws UsageError for what is no time, and for one that lies ahead. */
function sinceOf(typed: string | undefined): number {
  const wrong = (found: string): UsageError =>
    new UsageError(
      `refrain recover: --since: expected a time that is over, such as 2030-01-31T12:00:00Z, found ${found}. Nothing was done.`,
    );
  if (typed === undefined) throw wrong('nothing');
  const at = readTime(typed);
  if (at === undefined || at > Date.now()) throw wrong(`"${typed}"`);
  return at;
}
