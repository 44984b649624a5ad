import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readMessage } from './child-messages.ts';
import { type ProcessSpec, spawnChild } from './child-process.ts';
import { endProcess, identify, type ProcessIdentity, signal } from './process-identity.ts';
import { createRestartPause } from './restart-pause.ts';
import type { RunningProcess } from './run-file.ts';

export interface ChildEvents {
  /** Its entry in run.json has changed. */
  readonly changed: () => void;
  readonly line: (raw: string, stream: 'stdout' | 'stderr') => void;
  readonly say: (text: string) => void;
}

export interface SupervisedChild {
  readonly spec: ProcessSpec;
  /** What run.json says of it. */
  entry(): RunningProcess;
  start(): void;
  /** Resolves when it says for the first time that it is ready. */
  readonly ready: Promise<void>;
  /** Ends it: asked first, made to after its grace. It is not started again. */
  stop(): Promise<void>;
  /** Ends it at once, with all that it started. */
  kill(): void;
}

/** Keeps one child running: starts it again when it dies, with a growing pause. */
export function superviseChild(spec: ProcessSpec, events: ChildEvents): SupervisedChild {
  const pause = createRestartPause();
  const firstReady = Promise.withResolvers<void>();
  let entry: RunningProcess = { name: spec.name, pid: 0, startTime: 'ended', url: '', status: 'starting' };
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;

  const change = (part: Partial<RunningProcess>): void => {
    entry = { ...entry, ...part };
    events.changed();
  };

  const start = (): void => {
    const startedMs = performance.now();
    const started = spawnChild(spec, events.line);
    child = started;
    const { keeper: _, ...rest } = entry;
    entry = { ...rest, ...identify(started.pid ?? 0), status: 'starting' };
    events.changed();
    started.on('message', (value) => {
      const said = readMessage(value);
      if (!said) return;
      if ('keeps' in said && typeof said.keeps === 'number')
        change({ ...identify(said.keeps), keeper: identify(started.pid ?? 0) });
      if (!('ready' in said)) return;
      change({ status: 'ready', url: typeof said.url === 'string' ? said.url : '' });
      firstReady.resolve();
    });
    started.on('error', (error) => events.say(`${spec.name} could not be started: ${error.message}`));
    // 'exit' does not come for what never started, 'close' does, and only after the last line was read.
    started.once(
      'close',
      (code, by) => void ended(started, by ?? `code ${code}`, performance.now() - startedMs),
    );
  };

  const ended = async (gone: ChildProcess, how: string, livedMs: number): Promise<void> => {
    if (gone !== child || stopping) return;
    const pauseMs = pause.next(livedMs);
    const restarts = (entry.restarts ?? 0) + 1;
    const kept: ProcessIdentity | undefined = entry.keeper && { pid: entry.pid, startTime: entry.startTime };
    change({ status: 'restarting', url: '', restarts, restartedAt: new Date().toISOString() });
    events.say(`${spec.name} ended (${how}), starting it again in ${pauseMs / 1_000} s`);
    // A keeper that was killed leaves what it kept; two brokers on one store must never be.
    if (kept) await endProcess(kept, 5_000);
    if (!stopping) timer = setTimeout(start, pauseMs);
  };

  const stop = async (): Promise<void> => {
    stopping = true;
    clearTimeout(timer);
    const running = child;
    if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) {
      const closed = once(running, 'close');
      const how = await endProcess(entry.keeper ?? entry, spec.graceMs);
      if (how === 'killed')
        events.say(`${spec.name} did not end within ${spec.graceMs / 1_000} s, it was killed`);
      await closed;
    }
    if (entry.keeper) await endProcess(entry, 1_000);
    change({ status: 'stopped', url: '' });
  };

  const kill = (): void => {
    stopping = true;
    clearTimeout(timer);
    for (const identity of [entry.keeper, entry]) if (identity) signal(identity, 'SIGKILL');
  };

  return { spec, entry: () => entry, start, ready: firstReady.promise, stop, kill };
}
