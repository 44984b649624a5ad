import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { RefrainError } from '@refrain/errors';
import { asItSays } from '../ready.ts';
import type { FoundShop } from '../shop-at.ts';
import type { Stage } from '../supervisor/child-process.ts';
import { endProcess, runs } from '../supervisor/process-identity.ts';
import { graceMsOf } from '../supervisor/process-table.ts';
import { claimRestart } from '../supervisor/restart-claim.ts';
import { type RunningProcess, readRunFile } from '../supervisor/run-file.ts';
import { brokerAtRestart } from './broker-at-restart.ts';
import type { RestartStage } from './request.ts';

/** What became of a process that was restarted. */
export interface Restarted extends Pick<RunningProcess, 'name' | 'pid' | 'url'> {
  /** `ended`: before it was ready; `late`: not ready in the time given. */
  readonly outcome: 'ready' | 'ended' | 'late';
  /** From when it was asked to end, in seconds. */
  readonly seconds: number;
  /** Where its last words are. */
  readonly log: string;
}

export interface RestartOptions {
  /** How long each may take to be ready, in milliseconds. */
  readonly waitMs: number;
  readonly tell: (restarted: Restarted) => void;
  readonly note: (text: string) => void;
  readonly progress: (text: string) => void;
}

const lookEveryMs = 50;
/** The supervisor notes the end of a child at once; a frozen one never. */
const notedMs = 10_000;

/**
 * Restarts stage by stage, each when the one before is ready. Ends with the first stage of which something
 * does not get ready: what follows is left as it is.
 * @throws UsageError while another restart is at it, and what `BrokerAtRestart` throws.
 */
export async function restartShop(
  shop: FoundShop,
  stages: readonly RestartStage[],
  options: RestartOptions,
): Promise<Restarted[]> {
  const { dataFolder } = shop;
  const claim = claimRestart(dataFolder);
  try {
    const broker = brokerAtRestart(shop);
    await broker.prepare({
      processes: stages.flatMap(({ processes }) => processes),
      services: stages.flatMap(({ services }) => services),
    });
    const done: Restarted[] = [];
    for (const stage of stages) {
      const beganMs = performance.now();
      options.progress(`ending ${stage.processes.join(', ')}`);
      claim.keepDown(stage.processes);
      const ended = await Promise.all(
        stage.processes.map((name) => endOne(shop, { ...stage, name }, options)),
      );
      await completing(broker.complete(stage), stage, options);
      claim.keepDown([]);
      options.progress(`waiting for ${stage.processes.join(', ')}`);
      done.push(
        ...(await Promise.all(ended.map((entry) => startedAnew(shop, entry, { ...options, beganMs })))),
      );
      if (done.some(({ outcome }) => outcome !== 'ready')) break;
    }
    options.progress('');
    return done;
  } finally {
    claim.release();
  }
}

/** @throws RF_UNREACHABLE when the shop ends meanwhile. */
function entryOf({ dataFolder, supervisor }: FoundShop, name: string): RunningProcess {
  const entry = readRunFile(dataFolder)?.processes.find((process) => process.name === name);
  if (entry && entry.status !== 'stopped' && runs(supervisor)) return entry;
  throw unreachable(dataFolder, 'it has ended meanwhile; `npm start` starts all of it');
}

const unreachable = (where: string, problem: string): RefrainError =>
  new RefrainError('RF_UNREACHABLE', { what: 'The shop', where, problem });

/** Says of what has ended already that it starts on a broker that is not as its code wants it. */
async function completing(
  work: Promise<void>,
  { processes }: RestartStage,
  { note }: RestartOptions,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    note(`${processes.join(', ')} had ended and start anew, but the broker lacks what is new: say it again.`);
    throw error;
  }
}

/** Ends one as an ordinary stop does, and gives it back as the supervisor holds it. */
async function endOne(
  shop: FoundShop,
  { name, stage }: { readonly name: string; readonly stage: Stage },
  { note }: Pick<RestartOptions, 'note'>,
): Promise<RunningProcess> {
  const graceMs = graceMsOf(stage);
  // Twice in a row: one that had just been let start before it was held is there at the second look.
  let seen = 0;
  for (let giveUpAt = performance.now() + notedMs; seen < 2; await sleep(lookEveryMs)) {
    const entry = entryOf(shop, name);
    seen = entry.status === 'restarting' ? seen + 1 : 0;
    if (runs(entry)) {
      const how = await endProcess(entry, graceMs);
      if (how === 'killed') note(`${name} did not end within ${graceMs / 1_000} s, it was killed`);
      giveUpAt = performance.now() + notedMs;
    } else if (performance.now() > giveUpAt)
      throw unreachable(
        shop.dataFolder,
        `its supervisor does not note that ${name} has ended, and nothing more was restarted; see whether it is frozen`,
      );
  }
  return entryOf(shop, name);
}

async function startedAnew(
  shop: FoundShop,
  before: RunningProcess,
  { waitMs, tell, beganMs }: Pick<RestartOptions, 'waitMs' | 'tell'> & { readonly beganMs: number },
): Promise<Restarted> {
  const { name } = before;
  const log = join(shop.dataFolder, 'logs', `${name}.log`);
  for (const giveUpAt = performance.now() + waitMs; ; await sleep(lookEveryMs)) {
    const entry = entryOf(shop, name);
    const outcome: Restarted['outcome'] | undefined =
      (await outcomeOf(entry, before)) ?? (performance.now() > giveUpAt ? 'late' : undefined);
    if (!outcome) continue;
    const seconds = Math.round((performance.now() - beganMs) / 10) / 100;
    const restarted = { name, pid: entry.pid, url: entry.url, outcome, seconds, log };
    tell(restarted);
    return restarted;
  }
}

async function outcomeOf(
  entry: RunningProcess,
  before: RunningProcess,
): Promise<'ready' | 'ended' | undefined> {
  if (entry.status === 'ready' && runs(entry) && (await asItSays(entry)).status === 'ready') return 'ready';
  return (entry.restarts ?? 0) > (before.restarts ?? 0) ? 'ended' : undefined;
}
