import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { schemas } from '../config-values.ts';
import { root } from '../paths.ts';
import { portOffsets } from './ports.ts';

const isOfTheShop = (name: string): boolean => name in schemas || /^(OTEL|REFRAIN)_/.test(name);
const ownNames = z.record(z.string(), z.string()).superRefine((env, context) => {
  for (const name of Object.keys(env)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) context.addIssue(`"${name}": expected a name such as CARRIER_URL`);
    else if (isOfTheShop(name))
      context.addIssue(`${name} is a setting of the shop, expected one of the service's own`);
  }
});

/** The field `refrain` of a service's package.json: that it is there makes it a service of the shop. */
const field = z.strictObject({
  /** How far above the base it listens. Default: a free port, which `ps` shows. */
  port: z.int().min(1).max(39).optional(),
  /** It lets work into the shop, so it starts last and ends first. */
  edge: z.boolean().default(false),
  /** What it alone reads of the environment, with what holds when nobody says. */
  env: ownNames.default({}),
});

/** A service with a log of its own, as its folder says it. */
export interface FoundService extends z.output<typeof field> {
  readonly name: string;
}

/**
 * The services of this checkout: each folder of `services/` whose package.json has a field `refrain`, by
 * port, then by name. What else is to be known of one follows from its `stand-in.ts`.
 * @throws RF_CONFIG naming everything that is wrong with their fields.
 */
export function findServices(folder = join(root, 'services')): FoundService[] {
  const problems: string[] = [];
  const found = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name, 'package.json');
    try {
      const said = (JSON.parse(readFileSync(file, 'utf8')) as { refrain?: unknown }).refrain;
      return said === undefined ? [] : [{ name, ...field.parse(said) }];
    } catch (error) {
      const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      if (!isMissing(error)) problems.push(`services/${name}/package.json: ${problem.replaceAll('\n', ' ')}`);
      return [];
    }
  });
  problems.push(...samePorts(found));
  if (problems.length > 0) throw new RefrainError('RF_CONFIG', { problems: problems.join('; ') });
  const place = ({ port = Infinity }: FoundService): number => port;
  return found.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** A folder without one, or a file beside the folders. */
const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));

function samePorts(found: readonly FoundService[]): string[] {
  const taken = new Map(Object.entries(portOffsets).map(([name, port]): [number, string] => [port, name]));
  return found.flatMap(({ name, port }) => {
    const other = port === undefined ? undefined : taken.get(port);
    if (port !== undefined) taken.set(port, name);
    return other === undefined ? [] : [`services/${name}/package.json: port ${port} is that of ${other}`];
  });
}

/** All of them; read once. */
export const foundServices: readonly FoundService[] = findServices();
export const serviceNames: readonly string[] = foundServices.map(({ name }) => name);
