import { writeFileSync } from 'node:fs';
import { type Profiler as Inspector, Session } from 'node:inspector/promises';

/** Samples where this process spends its time from `start` to `stop`: start-up and warm-up are not in it. */
export interface Profiler {
  start(): Promise<void>;
  /** Writes what was sampled to `file`, as Chrome's developer tools read it (`.cpuprofile`). */
  stop(file: string): Promise<void>;
}

export function profiler(): Profiler {
  const session = new Session();
  return {
    start: async () => {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
    },
    stop: async (file) => {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      writeFileSync(file, JSON.stringify(profile));
    },
  };
}

/** A function, and how much of the sampled time it was itself on the CPU. */
export interface SelfTime {
  readonly name: string;
  readonly ms: number;
  readonly share: number;
}

/** The functions with most self time, and the milliseconds that the process was busy. `share` is of those. */
export function topSelfTime(profile: Inspector.Profile, count: number): { busyMs: number; top: SelfTime[] } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const msOf = new Map<string, number>();
  let busyMs = 0;
  const { samples = [], timeDeltas = [] } = profile;
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber } = nodes.get(id)?.callFrame ?? {
      functionName: '(root)',
      url: '',
      lineNumber: 0,
    };
    if (functionName === '(idle)') continue;
    // A sample's time is what passed until the next one.
    const ms = (timeDeltas[i + 1] ?? 0) / 1_000;
    busyMs += ms;
    const where = url === '' ? '' : ` ${placeOf(url)}:${lineNumber + 1}`;
    const name = `${functionName === '' ? '(anonymous)' : functionName}${where}`;
    msOf.set(name, (msOf.get(name) ?? 0) + ms);
  }
  const top = [...msOf]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, ms]) => ({ name, ms, share: ms / busyMs }));
  return { busyMs, top };
}

const root = new URL('../../', import.meta.url).href;

/** `shared/runtime/host.ts`, `@nats-io/nats-core/lib/parser.js`, `node:events`. */
function placeOf(url: string): string {
  if (url.startsWith(root)) url = url.slice(root.length);
  return url.slice(url.lastIndexOf('node_modules/') + 1).replace(/^ode_modules\//, '');
}
