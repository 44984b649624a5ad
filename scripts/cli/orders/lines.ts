import { UsageError } from '../errors.ts';
import type { OrderRequest } from './orders-client.ts';

/** Lines as they are typed, `tea-001:2`. What the shop sells, and how much of it, is the shop's to say. */
export function readLines(operands: readonly string[]): OrderRequest['lines'] {
  const wrong = operands.filter((operand) => !/^[A-Za-z0-9_-]{1,64}:\d{1,9}$/.test(operand));
  if (wrong.length > 0) {
    throw new UsageError(
      `refrain order: expected <sku:qty…> as in tea-001:2, found "${wrong.join('", "')}". Nothing was ordered.`,
    );
  }
  return operands.map((operand) => {
    const [sku = '', quantity = ''] = operand.split(':');
    return { sku, quantity: Number(quantity) };
  });
}

/** `12.50 EUR`. */
export const asMoney = ({ minor, currency }: { minor: number; currency: string }): string =>
  `${(minor / 100).toFixed(2)} ${currency}`;
