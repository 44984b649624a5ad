import { main } from './main.ts';
import { identify } from './supervisor/process-identity.ts';
import { writeRunFile } from './supervisor/run-file.ts';

/** What a command printed, and how it ended. */
export interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs a command in this process, as a person would under this environment. */
export async function refrain(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  let out = '';
  let err = '';
  const streams = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  return { code: await main(argv, env, streams), out, err };
}

interface Pretended {
  readonly name: string;
  readonly url: string;
  /** A broker that asks for no credentials. Default: nobody is there. */
  readonly natsUrl?: string;
  /** The services that it has streams for. Default: all. */
  readonly services?: string[];
}

/** Writes what a running shop would: that this process is its one service, with its door at `url`. */
export function pretendShop(dataFolder: string, { name, url, natsUrl, services }: Pretended): void {
  const myself = identify(process.pid);
  writeRunFile(dataFolder, {
    version: 1,
    supervisor: myself,
    startedAt: '2026-01-01T00:00:00.000Z',
    natsUrl: natsUrl ?? 'nats://127.0.0.1:1',
    portBase: 4000,
    ports: {},
    services,
    processes: [{ name, ...myself, url, status: 'ready' }],
  });
}
