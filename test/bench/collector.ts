import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTelemetry, type Telemetry } from '@refrain/telemetry';

const FILE = import.meta.filename;

/** A collector of its own process: it takes what it is sent and forgets it. Its CPU time is not counted. */
export async function benchCollector(): Promise<{ url: string; stop(): Promise<number> }> {
  const child = fork(FILE, ['collector'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    /** Gives the bytes that came. */
    stop: async () => {
      const ended = once(child, 'exit');
      child.send('stop');
      const [bytes] = (await once(child, 'message')) as [number];
      child.disconnect();
      await ended;
      return bytes;
    },
  };
}

/** Traces to the collector that the environment names, of the share that it names; none without. */
export const benchTelemetry = (name: string, env = process.env): Promise<Telemetry> =>
  startTelemetry({
    service: name,
    instance: name,
    settings: {
      traces: env['BENCH_TRACES_SHARE'] === undefined ? undefined : 'http/protobuf',
      metrics: undefined,
      sampler: 'parentbased_traceidratio',
      share: Number(env['BENCH_TRACES_SHARE'] ?? 0),
      queueMax: 2_048,
      batchMax: 512,
      everyMs: 5_000,
      metricsEveryMs: 60_000,
    },
    logger: { info: () => {}, warn: (fields, text) => console.error(name, text, fields['error']) },
  });

function collect(): void {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.writeHead(200).end());
  });
  server.listen(0, '127.0.0.1', () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
  process.on('message', () => process.send?.(bytes));
  process.on('disconnect', () => process.exit(0));
}

if (process.argv[1] === FILE && process.argv[2] === 'collector') collect();
