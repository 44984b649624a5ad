import { UsageError } from '../errors.ts';
import type { Output } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { guestsOf } from './guest-list.ts';

/** The guests of the shop that runs here; none where none runs. */
function guestNames(env: NodeJS.ProcessEnv): string[] {
  try {
    return guestsOf(findShop(env).dataFolder).map(({ service }) => service);
  } catch {
    return []; // what is wrong with the shop, the command itself says
  }
}

/** @throws UsageError for a guest: its deciders are not here, so nothing of it can be decided or folded. */
export function refuseGuest(command: string, service: string, env: NodeJS.ProcessEnv): void {
  if (guestNames(env).includes(service))
    throw new UsageError(
      `refrain ${command}: ${service} is a guest, whose deciders lie in its own repository. Nothing was read. \`refrain trace\` shows its events.`,
    );
}

/** Says which guests a command knows nothing of, and why; returns their names. */
export function tellLeftOut(out: Output, env: NodeJS.ProcessEnv, why: string): string[] {
  const names = guestNames(env);
  if (names.length > 0) out.note(`Left out: the guests ${names.join(', ')}. ${why}`);
  return names;
}
