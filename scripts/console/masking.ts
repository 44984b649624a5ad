import { personalPathsOf } from '@refrain/runtime';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';

export const MASK = '…';

/** Deeper than anything that is stored. */
const DEPTH_MAX = 32;

/** `path`: where the value stands, `lines[0].sku`; by default nowhere. */
export type Mask = (value: unknown, path?: string) => unknown;

/**
 * Puts `…` in the place of each field that a contract marks as personal, at any depth: `customer.email` is
 * found in `{ placing: { customer: { email } } }` too.
 */
export function maskerOf(personal: readonly string[]): Mask {
  const paths = personal.map((path) => path.split('.'));
  const isPersonal = (at: readonly string[]): boolean =>
    paths.some((path) => path.every((name, index) => at.at(index - path.length) === name));
  const mask = (value: unknown, at: readonly string[]): unknown => {
    if (typeof value !== 'object' || value === null || at.length > DEPTH_MAX) return value;
    if (Array.isArray(value)) return value.map((each) => mask(each, at));
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => {
        const here = [...at, name];
        return [name, isPersonal(here) ? MASK : mask(field, here)];
      }),
    );
  };
  return (value, path = '') => {
    const at = path.replaceAll(/\[[^\]]*\]/g, '').split('.');
    return isPersonal(at) ? MASK : mask(value, at);
  };
}

/** By all contracts of the shop. */
export const shopMasker = (): Mask => maskerOf([...new Set(shopDefinitions().flatMap(personalPathsOf))]);
