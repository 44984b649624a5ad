import type {} from 'vitest';

/** Where the shop of a run is, or why it did not come up: then its tests fail, and all others run. */
export type SharedShop = { refrainData: string; portBase: number } | { problem: string };

/** What the set-up of a vitest project hands to its tests; read with `inject('natsUrl')`. */
declare module 'vitest' {
  interface ProvidedContext {
    /**
     * A server with JetStream, shared by all `*.jetstream.test.ts` of one run: use stream names of your own.
     */
    natsUrl: string;
    /** The binary behind it, for a test that stops and starts a server of its own. */
    natsServerBin: string;
    /** The shop that is shared by all `*.shop.test.ts` of one run. */
    shop: SharedShop;
  }
}
