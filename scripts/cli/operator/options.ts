import { hostname, userInfo } from 'node:os';
import { UsageError } from '../errors.ts';
import { type Option, text } from '../options.ts';
import { cutIdHint } from '../cut-id.ts';

/** Who says it, from which machine, and why: recorded with every word. */
export interface Said {
  readonly by: string;
  readonly host: string;
  readonly why: string;
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a user without an entry in the system's list
  }
}

/** The flags of every command that says something: who, and why. */
export const saidOptions: {
  by: Option<string | undefined>;
  why: Option<string | undefined>;
} = {
  by: text('NAME', 'who says it, recorded as claimed (the user of this machine)'),
  why: text('TEXT', 'the reason, recorded with it; required'),
};

/** @throws UsageError without a reason. */
export function saidOf(
  command: string,
  { by, why }: { readonly by: string | undefined; readonly why: string | undefined },
): Said {
  if (why === undefined || why.trim() === '')
    throw new UsageError(`refrain ${command}: --why expects the reason, found nothing. Nothing was done.`);
  return { by: by ?? osUser(), host: hostname(), why };
}

/** An id as it was typed. @throws UsageError */
export function idOf(command: string, what: string, typed: string | undefined): string {
  if (typed !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(typed)) return typed;
  throw new UsageError(
    `refrain ${command}: expected ${what}, found "${typed ?? ''}". Nothing was done.${cutIdHint(typed ?? '')}`,
  );
}
