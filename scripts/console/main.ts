import { messageOf } from '@refrain/errors';
import { createLogger } from '@refrain/telemetry';
import { openConsole } from './console.ts';
import { openPage } from './page.ts';
import { type ConsoleSettings, readSettings } from './settings.ts';

/** Whatever hangs does not hold up the end, in milliseconds. */
const END_MS = 2_000;

async function start(settings: ConsoleSettings): Promise<void> {
  const { logger, flush } = createLogger({ name: 'console', level: settings.logLevel, personal: [] });
  const page = openPage((text, problem) =>
    problem === undefined ? logger.info({}, text) : logger.error({ problem }, text),
  );
  const { door, close } = openConsole(settings, logger, page.now);
  const { host, port } = settings;
  const listening = await door.listen({ host: host.replaceAll(/[[\]]/g, ''), port });
  const url = listening.replace(/0\.0\.0\.0|\[::\]/, '127.0.0.1');
  logger.info({ url }, 'ready');
  // A supervisor that has just died hears nothing; what follows from that is seen to below.
  process.send?.({ ready: true, url }, undefined, undefined, () => {});
  let ending = false;
  const end = async (why: string): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), END_MS).unref();
    logger.info({ why }, 'stopping');
    await close();
    flush();
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, () => void end(event));
  if (process.send !== undefined && !process.connected) void end('the supervisor is gone');
}

// A start that hangs must not outlive its supervisor.
const leave = (): void => process.exit(1);
process.once('disconnect', leave);
try {
  await start(readSettings(process.env));
  process.off('disconnect', leave);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
