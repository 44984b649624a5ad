import { parseArgs } from 'node:util';

/** What a benchmark run is asked for. */
export interface BenchOptions {
  readonly mode: 'core' | 'shop' | 'profile';
  /** Orders of one burst. */
  readonly orders: number;
  /** How often both sides run, in turn. */
  readonly rounds: number;
  readonly json: boolean;
  /** `always`: the broker syncs every write to the disk before it acknowledges it. */
  readonly sync: 'default' | 'always';
}

export const usage = `npm run bench -- [flags]

  --core         Refrain, with telemetry and without, against the same work by hand on JetStream (default)
  --shop         the whole shop: HTTP, payment provider and mail sandbox, as \`npm start\` runs it
  --profile      where the time of the core goes: the functions with most self time, per process
  --orders N     orders of one burst (2000)
  --rounds R     how often each side runs; medians are shown (3)
  --sync always  the broker syncs each write to the disk before it acknowledges it
  --json         one document on stdout, nothing else
`;

/** Wrong usage: the caller shows the message with the usage and exits with 2. */
export class UsageError extends Error {}

type Typed = string | boolean | undefined;

/** @throws UsageError naming the flag and what was expected. */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  let values: Record<string, Typed>;
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        core: flag,
        shop: flag,
        profile: flag,
        json: flag,
        help: flag,
        orders: text,
        rounds: text,
        sync: text,
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values['help']) return 'help';
  const modes = (['core', 'shop', 'profile'] as const).filter((mode) => values[mode]);
  if (modes.length > 1)
    throw new UsageError(`expected one of --core, --shop, --profile, found ${modes.length}`);
  return {
    mode: modes[0] ?? 'core',
    orders: count('orders', values['orders'], 2000, 100_000),
    rounds: count('rounds', values['rounds'], 3, 50),
    json: values['json'] === true,
    sync: syncOf(values['sync']),
  };
}

function count(name: string, typed: Typed, usual: number, max: number): number {
  if (typed === undefined) return usual;
  const value = Number(typed);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`--${name}: expected a whole number from 1 to ${max}, found "${typed}"`);
}

function syncOf(typed: Typed): BenchOptions['sync'] {
  if (typed === undefined || typed === 'default') return 'default';
  if (typed === 'always') return 'always';
  throw new UsageError(`--sync: expected always or default, found "${typed}"`);
}
