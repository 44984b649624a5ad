import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** A worker process of one side. It ends with us: its channel closes. */
export interface Worker {
  readonly name: string;
  readonly pid: number;
  /** Starts to sample where its time goes, or ends that and writes it to `file`. */
  profile(action: 'start' | 'stop', file: string): Promise<void>;
  stop(): Promise<void>;
}

const STOP_MS_MAX = 5_000;

/**
 * Starts a worker and waits until it says that it is ready. `onDone` hears of each order that is done.
 * @throws when the worker ends before it is ready.
 */
export async function startWorker(spec: {
  name: string;
  file: string;
  env: Readonly<Record<string, string>>;
  onDone: (id: string, at: number) => void;
}): Promise<Worker> {
  const env = { ...process.env, ...spec.env, BENCH_WORKER: spec.name };
  const child = fork(spec.file, [], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.on('message', (message: FromWorker) => {
    if ('done' in message) for (const [id, at] of message.done) spec.onDone(id, at);
  });
  await answer(child, 'ready', spec.name);
  const profile = async (action: 'start' | 'stop', file: string): Promise<void> => {
    child.send({ profile: action, file } satisfies ToWorker);
    await answer(child, 'profile', spec.name);
  };
  return { name: spec.name, pid: child.pid ?? 0, profile, stop: () => stop(child) };
}

function answer(child: ChildProcess, key: 'ready' | 'profile', name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (code: number | null): void =>
      reject(new Error(`the worker ${name} ended with ${code} before it said ${key}`));
    child.once('exit', left);
    const hear = (message: FromWorker): void => {
      if (!(key in message)) return;
      child.off('message', hear);
      child.off('exit', left);
      resolve();
    };
    child.on('message', hear);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

/** The kernel counts CPU time in hundredths of a second here, as on every Linux. */
const TICK_MS = 10;

/** CPU time of a process so far, all its threads, user and system, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The memory of a process in bytes: its own pages, and its share of those it shares with others. */
export function memoryOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
}

const SAMPLE_MS = 500;

/** Watches the memory of processes by name. `stop` returns the most that each had, in bytes. */
export function watchMemory(pids: Readonly<Record<string, number>>): { stop(): Record<string, number> } {
  const peaks: Record<string, number> = {};
  const sample = (): void => {
    for (const [name, pid] of Object.entries(pids)) peaks[name] = Math.max(peaks[name] ?? 0, memoryOf(pid));
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return peaks;
    },
  };
}
