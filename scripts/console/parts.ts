import { hostname } from 'node:os';
import type { Logger } from '@refrain/telemetry';
import type { Said } from '../cli/operator/options.ts';
import type { LiveFeed } from './live-feed.ts';
import type { LogFollower } from './log-follower.ts';
import type { Mask } from './masking.ts';
import type { ConsoleSettings } from './settings.ts';
import type { StandingReader } from './standing.ts';
import type { Errands } from './errands.ts';
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

/** A person's word as it is recorded: who says nothing else, is the console. */
export const saidBy = ({ by, why }: { by?: string | undefined; why: string }): Said => ({
  by: by ?? 'console',
  host: hostname(),
  why,
});
