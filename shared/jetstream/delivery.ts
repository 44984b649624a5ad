import type { Wire } from './wire.ts';

/** What a delivery's reply subject says of it. */
export interface DeliveryInfo {
  readonly seq: number;
  readonly redelivered: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Ends a delivery; the first of `ack` and `nak` counts. */
export interface Settlement {
  readonly ack: () => void;
  /** It is delivered again after so many milliseconds. */
  readonly nak: (delayMs: number) => void;
  /** Its ack wait begins anew. */
  readonly working: () => void;
}

const ACK = Buffer.from('+ACK');
const WORKING = Buffer.from('+WPI');
const nakOf = (delayMs: number): Uint8Array =>
  Buffer.from(`-NAK {"delay":${Math.max(1, Math.round(delayMs)) * 1_000_000}}`);

/**
 * `$JS.ACK.<stream>.<durable>.<times>.<seq>.<n>.<ns>.<pending>`; newer servers put domain and account in
 * front.
 */
export function infoOf(reply: string): DeliveryInfo {
  const tokens = reply.split('.');
  const first = tokens.length === 9 ? 4 : 6;
  const at = Number(tokens[first + 3]?.slice(0, -6));
  return { redelivered: tokens[first] !== '1', seq: Number(tokens[first + 1]), at };
}

/** The ways to end the delivery that has this reply subject. */
export function settlementOf(wire: Pick<Wire, 'send'>, reply: string): Settlement {
  let settled = false;
  const settle = (data: Uint8Array): void => {
    if (!settled) wire.send(reply, data);
    settled = true;
  };
  const working = (): void => {
    if (!settled) wire.send(reply, WORKING);
  };
  return { ack: () => settle(ACK), nak: (delayMs) => settle(nakOf(delayMs)), working };
}
