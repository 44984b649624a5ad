import { messageOf } from '@refrain/errors';
import { isPlatformHeld } from './import-record.ts';
import type { Ports } from './ports.ts';
import { Wake } from './wake.ts';

/** How often a process looks whether its platform was taken over, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Waits on a platform that was imported until a person takes it over, and only then begins what calls the
 * world. Until then nothing hears an intent or an alarm, so there is nothing that could call.
 */
export class TakeOver {
  readonly #ports: Ports;
  readonly #begin: () => Promise<void>;
  readonly #wake: Wake;
  #stopped = false;

  constructor(ports: Ports, begin: () => Promise<void>) {
    this.#ports = ports;
    this.#begin = begin;
    this.#wake = new Wake(ports.clock);
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  async run(): Promise<void> {
    const { logger } = this.#ports;
    logger.warn({}, 'this platform was imported: nobody is called until it is taken over');
    while (!this.#stopped) {
      if (await this.#isTakenOver()) {
        logger.info({}, 'this platform was taken over: what is open is done now');
        return await this.#begin();
      }
      await this.#wake.sleep(LOOK_EVERY_MS);
    }
  }

  async #isTakenOver(): Promise<boolean> {
    const { recovering, logger } = this.#ports;
    if (!recovering) return true;
    try {
      return !(await isPlatformHeld(recovering.bucket));
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'the broker did not tell whether it was taken over');
      return false;
    }
  }
}
