// A process that logs more than a pipe holds, says on its IPC channel what became of it, and ends when asked.
import { createLogger } from './logger.ts';

const { logger, counts, flush } = createLogger({ name: 'talker', level: 'info', personal: [] });
const rest = 'x'.repeat(400);
for (let i = 0; i < 10_000; i++) {
  logger.routine('info', { correlation: `f${i}`, rest }, 'routine');
  if (i % 10 === 0) logger.warn({ n: i, rest }, 'kept');
}
setTimeout(() => process.send?.(counts()), 300);
process.on('message', () => {
  flush();
  process.exit(0);
});
