import { cause, orderIdOf, requestHashOf } from '@refrain/contract-kit';
import { receipt } from '@refrain/service-inventory/receipt';
import { order } from '@refrain/service-orders/order';
import { priced } from '@refrain/service-orders/prices';
import type { ServiceHost } from '@refrain/runtime';
import { PLATFORM, type Run } from '@refrain/simulation';
import { linesOf } from './shop-load.ts';

/** A client asks again after so long without an answer, in milliseconds. */
const AGAIN_MS = 5_000;

/** What stands outside the shop's doors, and does what they do: the same key gives the same order. */
export class ShopClient {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** A client repeats its request under the same key until it is answered, to whichever process lives. */
  async #execute(service: string, ...args: Parameters<ServiceHost['execute']>): Promise<void> {
    for (;;) {
      const answer = this.#run
        .anyHost(service)
        ?.execute(...args)
        .then(
          () => true,
          () => false,
        );
      const waited = this.#run.world.clock.sleep(AGAIN_MS).then(() => false);
      if (answer && (await Promise.race([answer, waited]))) return;
      if (!answer) await waited;
    }
  }

  /** Books goods in, as whoever opens the shop does. */
  async stock(sku: string, quantity: number): Promise<void> {
    const receiptId = `opening-${sku}`;
    await this.#execute('inventory', receipt.request({ receiptId, sku, quantity }), {
      cause: cause.request('shop', receiptId),
      correlation: receiptId,
    });
  }

  static orderIdOf(key: string): string {
    return orderIdOf({ platformId: PLATFORM, client: 'shop', idempotencyKey: key });
  }

  async place({ key, lines, card }: { key: string; lines: string; card: string }): Promise<void> {
    const orderId = ShopClient.orderIdOf(key);
    const body = {
      customer: { email: `${key}@example.com` },
      paymentMethod: card,
      ...priced(linesOf(lines)),
    };
    await this.#execute('orders', order.place({ ...body, orderId, requestHash: requestHashOf(body) }), {
      cause: cause.request('shop', key),
      correlation: orderId,
    });
  }

  async cancel(key: string): Promise<void> {
    const orderId = ShopClient.orderIdOf(key);
    await this.#execute('orders', order.cancel({ orderId, reason: 'requested' }), {
      cause: cause.request('shop', `cancel-${orderId}`),
      correlation: orderId,
    });
  }
}
