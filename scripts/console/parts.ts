import { hostname } from 'node:os';
import { name } from '@refrain/console/api';
import { readStrictly } from '@refrain/http';
import type { Logger } from '@refrain/telemetry';
import { z } from 'zod';
import type { Said } from '../cli/operator/options.ts';
import type { Errands } from './errands.ts';
import type { LiveFeed } from './live-feed.ts';
import type { LogFollower } from './log-follower.ts';
import type { Mask } from './masking.ts';
import type { ConsoleSettings } from './settings.ts';
import type { StandingReader } from './standing.ts';
import type { WatchedShop } from './watched-shop.ts';

/** What the routes share. */
export interface ConsoleParts {
  readonly settings: ConsoleSettings;
  readonly shop: WatchedShop;
  readonly standing: StandingReader;
  readonly follower: LogFollower;
  readonly feed: LiveFeed;
  readonly errands: Errands;
  readonly mask: Mask;
  readonly logger: Logger;
  /** Lets few at once do what reads whole logs. */
  readonly heavily: <T>(work: () => Promise<T>) => Promise<T>;
}

const ofId = z.strictObject({ id: name });

/** The id in a request's path. @throws Problem 400 where it is none. */
export const idOf = ({ params }: { params: unknown }): string => readStrictly(ofId, params, 'id').id;

/** A person's word as it is recorded: who says nothing else, is the console. */
export const saidBy = ({ by, why }: { by?: string | undefined; why: string }): Said => ({
  by: by ?? 'console',
  host: hostname(),
  why,
});
