import type { Logger } from '@refrain/telemetry';
import type { FastifyInstance } from 'fastify';
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { Errands } from './errands.ts';
import { limitTo } from './limit.ts';
import { LiveFeed } from './live-feed.ts';
import { LogFollower } from './log-follower.ts';
import { shopMasker } from './masking.ts';
import { orderOfIn } from './order-of.ts';
import type { Page } from './page.ts';
import { consoleDoor } from './server.ts';
import type { ConsoleSettings } from './settings.ts';
import { StandingReader } from './standing.ts';
import { WatchedShop } from './watched-shop.ts';

/** Requests at once that read whole logs: an order's page, an entity, a search for an operation. */
const HEAVY_MAX = 4;

/** A console that follows its shop; its door does not listen yet. */
export interface Console {
  readonly door: FastifyInstance;
  /** Ends what listens, what runs and what follows. */
  readonly close: () => Promise<void>;
}

export function openConsole(settings: ConsoleSettings, logger: Logger, page: () => Page): Console {
  const shop = new WatchedShop(settings.dataFolder);
  const standing = new StandingReader(shop);
  const contracts = shopDefinitions().map(({ contract }) => contract.$contract);
  const follower = new LogFollower(serviceNames, orderOfIn(contracts));
  const errands = new Errands();
  const feed = new LiveFeed({ shop, standing, follower, tell: (text) => logger.warn({}, text) });
  const heavily = limitTo(HEAVY_MAX);
  const parts = { settings, shop, standing, follower, feed, errands, mask: shopMasker(), logger, heavily };
  const door = consoleDoor(parts, page);
  const following = feed.run();
  return {
    door,
    close: async () => {
      errands.stopAll();
      feed.stop();
      await Promise.allSettled([door.close(), following, shop.close()]);
    },
  };
}
