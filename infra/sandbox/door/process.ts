import { z } from 'zod';
import { issuesOf } from './problem.ts';

/** A sandbox that runs; `urls` is what others need to reach it. */
export interface Running {
  readonly urls: Readonly<Record<'url', string> & Record<string, string>>;
  close(): Promise<void>;
}

/** A port's number in the environment; 0 takes a free one. */
export const portVariable = (defaultPort: number) =>
  z.coerce.number().int().min(0).max(65_535).default(defaultPort);

/** Reads the environment; everything that is wrong with it is told at once, before anything starts. */
export function readEnvironment<T>(schema: z.ZodType<T>): T {
  const read = schema.safeParse(process.env);
  if (!read.success) throw new Error(`The environment is not right. ${issuesOf(read.error).join('. ')}`);
  return read.data;
}

/**
 * Runs a sandbox as a process: says when it is ready, and ends within a second on SIGTERM, on SIGINT, and
 * when the channel to its parent closes, so that it never outlives the supervisor that started it.
 */
export async function runSandbox(name: string, start: () => Promise<Running>): Promise<void> {
  try {
    const running = await start();
    endWith(name, running);
    log(30, name, 'listening', running.urls);
    process.send?.({ ready: true, ...running.urls });
  } catch (error) {
    log(50, name, error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
    // An open channel would keep a process alive that serves nothing.
    if (process.connected) process.disconnect();
  }
}

function endWith(name: string, running: Running): void {
  let ending = false;
  const end = (why: string) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), 900).unref(); // whatever hangs does not hold up the end
    log(30, name, 'ending', { why });
    void running.close().then(() => process.exit(0));
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => end(event));
}

/** One line of JSON, in the shape of the services' own logs. */
function log(level: number, name: string, msg: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), name, msg, ...more })}\n`);
}
