import { messageOf } from '@refrain/errors';
import { createLogger } from '@refrain/telemetry';
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { limitTo } from './limit.ts';
import { LiveFeed } from './live-feed.ts';
import { LogFollower } from './log-follower.ts';
import { shopMasker } from './masking.ts';
import { openPage } from './page.ts';
import { consoleDoor } from './server.ts';
import { type ConsoleSettings, readSettings } from './settings.ts';
import { StandingReader } from './standing.ts';
import { Errands } from './errands.ts';
import { WatchedShop } from './watched-shop.ts';

/** Requests at once that read whole logs: an order's page, an entity, a search for an operation. */
const HEAVY_MAX = 4;
/** Whatever hangs does not hold up the end, in milliseconds. */
const END_MS = 2_000;

async function start(settings: ConsoleSettings): Promise<void> {
  const { logger, flush } = createLogger({ name: 'console', level: settings.logLevel, personal: [] });
  const shop = new WatchedShop(settings.dataFolder);
  const standing = new StandingReader(shop);
  const follower = new LogFollower(serviceNames);
  const errands = new Errands();
  const feed = new LiveFeed({ shop, standing, follower, tell: (text) => logger.warn({}, text) });
  const page = openPage((text, problem) =>
    problem === undefined ? logger.info({}, text) : logger.error({ problem }, text),
  );
  const heavily = limitTo(HEAVY_MAX);
  const parts = { settings, shop, standing, follower, feed, errands, mask: shopMasker(), logger, heavily };
  const door = consoleDoor(parts, page.now);
  const { host, port } = settings;
  const listening = await door.listen({ host: host.replaceAll(/[[\]]/g, ''), port });
  const url = listening.replace(/0\.0\.0\.0|\[::\]/, '127.0.0.1');
  const following = feed.run();
  logger.info({ url }, 'ready');
  process.send?.({ ready: true, url }, undefined, undefined, () => {});
  const end = (why: string): void => {
    setTimeout(() => process.exit(1), END_MS).unref();
    logger.info({ why }, 'stopping');
    errands.stopAll();
    feed.stop();
    void Promise.allSettled([door.close(), following, shop.close()]).then(() => {
      flush();
      process.exit(0);
    });
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, () => end(event));
}

try {
  await start(readSettings(process.env));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
