/** What a worker process and the driver say to each other over their channel. */
export type FromWorker =
  | { readonly ready: true }
  /** Orders that are done: id, and when (`preciseNow`). */
  | { readonly done: readonly (readonly [string, number])[] }
  | { readonly profile: 'started' | 'written' };

export type ToWorker = { readonly profile: 'start' | 'stop'; readonly file: string };
