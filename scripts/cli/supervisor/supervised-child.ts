import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readMessage } from './child-messages.ts';
import { type ProcessSpec, spawnChild } from './child-process.ts';
import { endProcess, identify, type ProcessIdentity, signal } from './process-identity.ts';
import { createRestartPause, startAfter } from './restart-pause.ts';
import type { RunningProcess } from './run-file.ts';

export interface ChildEvents {
  /** It as it is to be started now. */
  readonly current: () => ProcessSpec;
  /** Whether somebody starts it anew: then its end was asked for, and it waits until it is let start. */
  readonly isKeptDown: () => boolean;
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

/** Keeps one child running: starts it again when it dies, with a growing pause, and anew when asked to. */
export function superviseChild(spec: ProcessSpec, events: ChildEvents): SupervisedChild {
  let pause = createRestartPause();
  const firstReady = Promise.withResolvers<void>();
  let entry: RunningProcess = { name: spec.name, pid: 0, startTime: 'ended', url: '', status: 'starting' };
  let child: ChildProcess | undefined;
  let callOff = (): void => {};
  let stopping = false;

  const change = (part: Partial<RunningProcess>): void => {
    entry = { ...entry, ...part };
    events.changed();
  };

  const start = (): void => {
    const startedMs = performance.now();
    const started = spawnChild(events.current(), events.line);
    child = started;
    const { keeper: _, ...rest } = entry;
    entry = { ...rest, ...identify(started.pid ?? 0), status: 'starting' };
    events.changed();
    started.on('message', (value) => {
      const said = saidBy(started, value);
      if (said) change(said);
      if (said?.status === 'ready') firstReady.resolve();
    });
    started.on('error', (error) => events.say(`${spec.name} could not be started: ${error.message}`));
    // 'exit' does not come for what never started, 'close' does, and only after the last line was read.
    started.once(
      'close',
      (code, by) => void ended(started, by ?? `code ${code}`, performance.now() - startedMs),
    );
  };

  const startIn = (pauseMs: number): void => {
    callOff = startAfter(pauseMs, events.isKeptDown, start);
  };

  const ended = async (gone: ChildProcess, how: string, livedMs: number): Promise<void> => {
    if (gone !== child || stopping) return;
    if (events.isKeptDown()) {
      pause = createRestartPause();
      change({ status: 'restarting', url: '' });
      events.say(`${spec.name} ended (${how}), as it was asked to; starting it anew`);
      return startIn(0);
    }
    const pauseMs = pause.next(livedMs);
    const restarts = (entry.restarts ?? 0) + 1;
    const kept: ProcessIdentity | undefined = entry.keeper && { pid: entry.pid, startTime: entry.startTime };
    change({ status: 'restarting', url: '', restarts, restartedAt: new Date().toISOString() });
    events.say(`${spec.name} ended (${how}), starting it again in ${pauseMs / 1_000} s`);
    // A keeper that was killed leaves what it kept; two brokers on one store must never be.
    if (kept) await endProcess(kept, 5_000);
    if (!stopping) startIn(pauseMs);
  };

  const stop = async (): Promise<void> => {
    stopping = true;
    callOff();
    if (child && (await endRunning(child, entry.keeper ?? entry, spec.graceMs)) === 'killed')
      events.say(`${spec.name} did not end within ${spec.graceMs / 1_000} s, it was killed`);
    if (entry.keeper) await endProcess(entry, 1_000);
    change({ status: 'stopped', url: '' });
  };

  const kill = (): void => {
    stopping = true;
    callOff();
    for (const identity of [entry.keeper, entry]) if (identity) signal(identity, 'SIGKILL');
  };

  return { spec, entry: () => entry, start, ready: firstReady.promise, stop, kill };
}

/** What a child says of itself changes in run.json. */
function saidBy({ pid = 0 }: ChildProcess, value: unknown): Partial<RunningProcess> | undefined {
  const said = readMessage(value);
  if (!said) return undefined;
  if ('keeps' in said && typeof said.keeps === 'number')
    return { ...identify(said.keeps), keeper: identify(pid) };
  return 'ready' in said ? { status: 'ready', url: typeof said.url === 'string' ? said.url : '' } : undefined;
}

/** Ends a child by who is asked to, and waits until its last line was read. Nothing where it has ended. */
async function endRunning(
  child: ChildProcess,
  asked: ProcessIdentity,
  graceMs: number,
): Promise<'ended' | 'killed'> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return 'ended';
  const closed = once(child, 'close');
  const how = await endProcess(asked, graceMs);
  await closed;
  return how;
}
