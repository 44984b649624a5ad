import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { integerOr } from '../options.ts';
import { goingOn, readRestart } from '../restarting/request.ts';
import { type Restarted, restartShop } from '../restarting/restart-shop.ts';
import { type FoundShop, findShop } from '../shop-at.ts';

export const command = defineCommand({
  name: 'restart',
  summary: 'Starts processes of the running shop anew, with the code of now. The others go on.',
  operands: '<process…>',
  operandCount: { min: 1, max: 100 },
  options: {
    waitS: integerOr('N', 'how long each may take to be ready, in seconds', 120, { min: 1, max: 3_600 }),
  },
  notes: [
    'By the names of `refrain ps`. The broker gets what changed contracts ask for; a service that cannot be',
    'loaded is told, and nothing is restarted. Each ends as at Ctrl-C and says that it is ready before the next',
    'stage begins: sandboxes, governor, services, orders, console. A service that is new joins at `npm start`.',
    'Exit code 1: one of them does not get ready; the supervisor goes on starting it.',
  ],
  async run({ operands, options: { waitS }, env, out }) {
    const shop = findShop(env);
    const stages = readRestart(operands, shop);
    const names = stages.flatMap(({ processes }) => processes);
    const services = stages.flatMap((stage) => stage.services);
    const old = [...goingOn({ processes: names, services }, shop), ...lookingOn(names, services, shop)];
    const width = Math.max(...names.map(({ length }) => length));
    const done = await restartShop(shop, stages, {
      waitMs: waitS * 1_000,
      tell: (restarted) => out.line(`${restarted.name.padEnd(width)}  ${wordsOf(restarted)}`),
      note: out.note,
      progress: out.progress,
    });
    const left = names.filter((name) => !done.some((restarted) => restarted.name === name));
    if (left.length > 0) out.note(`Left as they are: ${left.join(', ')}.`);
    if (old.length > 0) out.note(`Go on with the code that they were started with: ${old.join(', ')}.`);
    out.document(done);
    return done.every(({ outcome }) => outcome === 'ready') ? exit.fine : exit.finding;
  },
});

function wordsOf({ outcome, pid, seconds, log }: Restarted): string {
  if (outcome === 'ready') return `pid ${pid}  ${seconds.toFixed(1)} s`;
  return outcome === 'ended'
    ? `ended before it was ready, and is started again and again; why: ${log}`
    : `runs as pid ${pid} and is not ready after ${seconds.toFixed(0)} s; see ${log}`;
}

/** The console shows what services record by their code as it was when it was started. */
const lookingOn = (
  names: readonly string[],
  services: readonly string[],
  { processes }: Pick<FoundShop, 'processes'>,
): string[] =>
  services.length > 0 && !names.includes('console') && processes.some(({ name }) => name === 'console')
    ? ['console']
    : [];
