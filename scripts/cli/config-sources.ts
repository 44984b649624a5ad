import { existsSync, readFileSync } from 'node:fs';

export type Source = 'flag' | 'environment' | '.env' | 'default';

export interface Sourced {
  readonly value: string;
  readonly source: Source;
  /** The name as it was given, for messages. */
  readonly given: string;
}

export interface Sources {
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly env: NodeJS.ProcessEnv;
  /** The file of `KEY=VALUE` lines; it need not exist. */
  readonly envFile: string;
}

export interface Found {
  /** The first that names it: flag, environment, file. An empty value counts as none. */
  readonly find: (name: string) => Sourced | undefined;
  /** Every name, of the environment or the file, that begins so. */
  readonly namesFrom: (prefix: string) => string[];
  readonly problems: readonly string[];
}

export function openSources({ flags = {}, env, envFile }: Sources): Found {
  const { values, problems } = existsSync(envFile)
    ? readEnvFile(readFileSync(envFile, 'utf8'))
    : { values: {}, problems: [] };
  const layers: readonly [Source, Readonly<Record<string, string | undefined>>][] = [
    ['flag', flags],
    ['environment', env],
    ['.env', values],
  ];
  return {
    problems,
    find: (name) => {
      for (const [source, layer] of layers) {
        const value = layer[name];
        if (value !== undefined && value !== '') return { value, source, given: `${name} (${source})` };
      }
      return undefined;
    },
    namesFrom: (prefix) =>
      [...new Set([...Object.keys(env), ...Object.keys(values)])]
        .filter((name) => name.startsWith(prefix))
        .sort(),
  };
}

/**
 * Lines of `KEY=VALUE`; blank lines and those that begin with `#` are passed over, one pair of quotes is
 * taken off.
 */
export function readEnvFile(content: string): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, raw] of content.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, key, value] = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    // The line itself is not repeated: it may be a secret that lost its name.
    if (key === undefined || value === undefined) problems.push(`.env line ${index + 1} is not KEY=VALUE`);
    else values[key] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return { values, problems };
}
