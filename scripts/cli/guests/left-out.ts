import { UsageError } from '../errors.ts';
import { refuseLater, tellLater } from '../later-services.ts';
import type { Output } from '../output.ts';
import { type FoundShop, findShop } from '../shop-at.ts';
import { guestsOf } from './guest-list.ts';

/** The shop that runs here; `undefined`: what is wrong with it, the command itself says. */
function shopHere(env: NodeJS.ProcessEnv): FoundShop | undefined {
  try {
    return findShop(env);
  } catch {
    return undefined;
  }
}

const guestNames = (shop: FoundShop | undefined): string[] =>
  shop ? guestsOf(shop.dataFolder).map(({ service }) => service) : [];

/**
 * @throws UsageError for a guest, whose deciders are not here, so nothing of it can be decided or folded; and
 * for a service that the running shop does not have.
 */
export function refuseAbsent(command: string, service: string, env: NodeJS.ProcessEnv): void {
  const shop = shopHere(env);
  if (guestNames(shop).includes(service))
    throw new UsageError(
      `refrain ${command}: ${service} is a guest, whose deciders lie in its own repository. Nothing was read. \`refrain trace\` shows its events.`,
    );
  if (shop) refuseLater(command, [service], shop);
}

/**
 * Says which guests a command knows nothing of, and why, and which services the shop does not have yet.
 * Returns the names of all of them.
 */
export function tellLeftOut(out: Output, env: NodeJS.ProcessEnv, why: string): string[] {
  const shop = shopHere(env);
  const guests = guestNames(shop);
  if (guests.length > 0) out.note(`Left out: the guests ${guests.join(', ')}. ${why}`);
  return [...guests, ...(shop ? tellLater(out, shop) : [])];
}
