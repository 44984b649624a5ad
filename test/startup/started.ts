import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the start of a process of a service took. */
export interface Started {
  /** Until it says that it is ready, in milliseconds. */
  readonly readyMs: number;
  /** Until its door has told all that is in the log. */
  readonly knowsAllMs: number;
  /** What it told: the answer of `ask`. */
  readonly told: unknown;
  /** The most memory that it had, in MiB. */
  readonly peakMiB: number;
  readonly cpuMs: number;
}

/** Where the process of a service finds its broker, and keeps its files. */
export interface LaunchSpec {
  readonly service: string;
  readonly natsUrl: string;
  readonly dataDir: string;
}

/** The real process of a service, ready. */
export interface Launched {
  readonly url: string;
  readonly pid: number;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const READY_MS_MAX = 300_000;

export async function launch({ service, natsUrl, dataDir }: LaunchSpec): Promise<Launched> {
  const env = {
    ...process.env,
    NATS_URL: natsUrl,
    REFRAIN_DATA: dataDir,
    STRIPE_API_KEY: 'sk_test_startup',
    PSP_URL: 'http://127.0.0.1:1',
    LOG_LEVEL: 'warn',
  };
  const child = fork(join(root, 'services', service, 'main.ts'), [], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const [{ url }] = (await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(READY_MS_MAX) }),
      ended.then(([code]) => Promise.reject(new Error(`${service} ended with ${String(code)}`))),
    ])) as [{ url: string }];
    return { url, pid: child.pid ?? 0, kill };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Starts a process, asks its door until it has told all, waits for `until`, and kills it. */
export async function startOnce(
  spec: LaunchSpec & {
    readonly ask: (url: string) => Promise<unknown>;
    readonly until?: () => Promise<void>;
  },
): Promise<Started> {
  const begun = performance.now();
  const { url, pid, kill } = await launch(spec);
  try {
    const readyMs = performance.now() - begun;
    const told = await spec.ask(url);
    const knowsAllMs = performance.now() - begun;
    const usage = usageOf(pid);
    await spec.until?.();
    return { readyMs, knowsAllMs, told, ...usage };
  } finally {
    await kill();
  }
}

function usageOf(pid: number): Pick<Started, 'peakMiB' | 'cpuMs'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakMiB = Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { peakMiB, cpuMs: (Number(fields[11]) + Number(fields[12])) * 10 };
}
