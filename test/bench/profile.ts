import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { burst, settled } from './load.ts';
import { startSide, warmUp } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { privateBroker } from './private-broker.ts';
import { profiler, type SelfTime, topSelfTime } from './profiler.ts';
import type { Say } from './progress.ts';

const TOP = 25;

export interface ProcessProfile {
  readonly name: string;
  readonly file: string;
  /** Milliseconds that it was busy, for each order. */
  readonly busyMsPerOrder: number;
  readonly top: readonly SelfTime[];
}

/** Where the time of a burst goes, process by process; start-up and warm-up are not in it. */
export async function profileRefrain(options: BenchOptions, say: Say): Promise<ProcessProfile[]> {
  const folder = join(import.meta.dirname, '../../.cache/profile');
  mkdirSync(folder, { recursive: true });
  const fileOf = (name: string): string => join(folder, `${name}.cpuprofile`);
  const broker = await privateBroker(options.sync);
  try {
    const side = await startSide.refrain(broker);
    try {
      say('warms up');
      await warmUp(side);
      const driver = profiler();
      const watched = [...side.workers, { name: 'driver' }];
      await driver.start();
      await Promise.all(side.workers.map((worker) => worker.profile('start', fileOf(worker.name))));
      say(`${options.orders} orders under the profiler`);
      await settled(side, await burst(side, 'b', options.orders));
      await Promise.all(side.workers.map((worker) => worker.profile('stop', fileOf(worker.name))));
      await driver.stop(fileOf('driver'));
      return watched.map(({ name }) => read(name, fileOf(name), options.orders));
    } finally {
      await side.stop();
    }
  } finally {
    await broker.stop();
  }
}

function read(name: string, file: string, orders: number): ProcessProfile {
  const { busyMs, top } = topSelfTime(JSON.parse(readFileSync(file, 'utf8')), TOP);
  return { name, file, busyMsPerOrder: busyMs / orders, top };
}

export const profileText = (profiles: readonly ProcessProfile[]): string =>
  profiles
    .map(({ name, file, busyMsPerOrder, top }) => {
      const lines = top.map(
        ({ name: what, ms, share }) =>
          `${(share * 100).toFixed(1).padStart(6)} % ${ms.toFixed(0).padStart(6)} ms  ${what}`,
      );
      return `${name}: busy ${busyMsPerOrder.toFixed(2)} ms/order (${file})\n${lines.join('\n')}\n`;
    })
    .join('\n');
