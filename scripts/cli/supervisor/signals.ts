import type { Supervisor } from './supervisor.ts';

/** npm passes on the Ctrl-C that the terminal has already sent, so one key press arrives twice. */
const sameKeyPressMs = 500;

export interface Ending {
  begun(): boolean;
  /** Resolves when all has ended. */
  readonly done: Promise<void>;
}

/** Ends the shop in order at the first signal, and at once at the second. */
export function endOnSignals(shop: Pick<Supervisor, 'stop' | 'kill'>, say: (text: string) => void): Ending {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begunMs: number | undefined;
  const stop = async (fromMs: number): Promise<void> => {
    await shop.stop();
    say(`ended in ${((performance.now() - fromMs) / 1_000).toFixed(1)} s`);
    resolve();
  };
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (begunMs === undefined) {
      begunMs = nowMs;
      say('ending; Ctrl-C again kills at once');
      void stop(nowMs);
    } else if (nowMs - begunMs > sameKeyPressMs) {
      say('killed; what was under way goes on at the next start');
      shop.kill();
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return { begun: () => begunMs !== undefined, done: promise };
}
