import { GovernorClient } from '../cli/governor/governor-client.ts';
import { Desks } from '../cli/operator/desks.ts';
import { type FoundShop, findShop } from '../cli/shop-at.ts';
import { type OpenShopLog, openShopLog } from '../cli/shop-log/open.ts';

/** So long, in milliseconds, run.json is not read again. */
const FOUND_MS = 250;
/** So long, in milliseconds, a service is waited for that is asked something: who looks, looks on. */
const READ_MS_MAX = 5_000;

/**
 * The running shop, as every command finds it; with one connection to its logs, opened when first asked for.
 */
export class WatchedShop {
  readonly #env: NodeJS.ProcessEnv;
  #found: { shop: FoundShop; at: number } | undefined;
  #log: Promise<OpenShopLog> | undefined;

  constructor(dataFolder: string) {
    this.#env = { REFRAIN_DATA: dataFolder };
  }

  /** @throws RF_UNREACHABLE when it does not run any more. */
  found(): FoundShop {
    const now = performance.now();
    if (!this.#found || now - this.#found.at > FOUND_MS) this.#found = { shop: findShop(this.#env), at: now };
    return this.#found.shop;
  }

  desks(): Desks {
    return new Desks(this.found(), READ_MS_MAX);
  }

  /** @throws RF_UNREACHABLE when no governor is ready. */
  governor(): GovernorClient {
    return new GovernorClient(this.found());
  }

  /** @throws RF_UNREACHABLE when the broker does not answer; the next one who asks tries again. */
  async log(): Promise<OpenShopLog> {
    this.#log ??= openShopLog(this.found(), 'console');
    try {
      return await this.#log;
    } catch (error) {
      this.#log = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const log = await this.#log?.catch(() => undefined);
    await log?.close();
  }
}
