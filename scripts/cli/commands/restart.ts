import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { integerOr } from '../options.ts';
import { goingOn, readRestart } from '../restarting/request.ts';
import { type Restarted, restartShop } from '../restarting/restart-shop.ts';
import { type FoundShop, findShop } from '../shop-at.ts';
import { typedFor } from '../typed-command.ts';

export const command = defineCommand({
  name: 'restart',
  summary: 'Starts processes of the running shop anew, with today’s code. The others go on.',
  operands: '<process…>',
  operandCount: { min: 1, max: 100 },
  options: {
    waitS: integerOr('N', 'how long each may take to be ready, in seconds', 120, { min: 1, max: 3_600 }),
  },
  notes: [
    'By the names of `refrain ps`. The broker gets what changed contracts ask for. The code of all services is',
    'loaded first: one that cannot be, named here or not, is told, and nothing is restarted. Each drains, ends,',
    'and says that it is ready before the next stage begins: sandboxes, governor, services, orders, console. A',
    'further instance of a service has to be named too. A service that is new joins at the next `npm start`.',
    'Exit code 1: one of them does not get ready; the supervisor goes on starting it.',
  ],
  async run({ operands, options: { waitS }, env, out }) {
    const shop = findShop(env);
    const typed = typedFor(shop.dataFolder);
    const stages = readRestart(operands, shop);
    const names = stages.flatMap(({ processes }) => processes);
    const services = stages.flatMap((stage) => stage.services);
    const width = Math.max(...names.map(({ length }) => length));
    const done = await restartShop(shop, stages, {
      waitMs: waitS * 1_000,
      tell: (restarted) => out.line(`${restarted.name.padEnd(width)}  ${wordsOf(restarted)}`),
      note: out.note,
      progress: out.progress,
    });
    const left = names.filter((name) => !done.some((restarted) => restarted.name === name));
    const others = goingOn({ processes: names, services }, shop);
    const failed = done.filter(({ outcome }) => outcome === 'ended').map(({ name }) => name);
    if (left.length > 0) out.note(`Left as they are: ${left.join(', ')}.`);
    if (failed.length > 0)
      out.note(`Mend the code, then: ${typed(`npx refrain restart ${[...failed, ...left].join(' ')}`)}`);
    if (others.length > 0)
      out.note(`Not named, and as they were started: ${others.join(', ')}, of the same service.`);
    if (isConsoleOlder(names, services, shop))
      out.note(`If events are new, the console shows them after ${typed('npx refrain restart console')}`);
    out.document({ restarted: done, left, others });
    return done.every(({ outcome }) => outcome === 'ready') ? exit.fine : exit.finding;
  },
});

function wordsOf({ outcome, pid, seconds, log }: Restarted): string {
  if (outcome === 'ready') return `ready again after ${seconds.toFixed(1)} s, as pid ${pid}`;
  return outcome === 'ended'
    ? `ended before it was ready, and is started again and again; why: ${log}`
    : `is not ready after ${seconds.toFixed(0)} s, and goes on as pid ${pid}: see npx refrain ps and ${log}`;
}

/** The console shows what services record by their code as it was when it was started. */
const isConsoleOlder = (
  names: readonly string[],
  services: readonly string[],
  { processes }: Pick<FoundShop, 'processes'>,
): boolean =>
  services.length > 0 && !names.includes('console') && processes.some(({ name }) => name === 'console');
