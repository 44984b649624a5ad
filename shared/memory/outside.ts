import { type DurableDeclaration, outsiderDurableOf } from '@refrain/event-log';

/** What an outsider hears of a log. */
export const hearingOf = (
  stream: string,
  outsider: string,
  entityTypes: readonly string[],
): DurableDeclaration => ({
  stream,
  durable: outsiderDurableOf(outsider),
  entityTypes,
  from: 'beginning',
  maxAckPending: 256,
  ackWaitMs: 30_000,
});

/** Whether a program that is none of ours takes its deliveries. */
export const isOutside = ({ durable }: DurableDeclaration): boolean =>
  durable.startsWith(outsiderDurableOf(''));
