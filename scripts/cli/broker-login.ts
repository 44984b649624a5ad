import type { BrokerOptions } from '@refrain/jetstream';
import { readCredentials } from './supervisor/credentials.ts';

/** What a running shop, or one that is starting, says of its broker. */
export interface BrokerPlace {
  readonly natsUrl: string;
  /** Missing where it asks for no credentials. */
  readonly credentialsFolder?: string | undefined;
  /** The authorities that its certificate is checked by. */
  readonly natsCa?: string | undefined;
}

/**
 * How to connect as one of the broker's users: `audit` may read every log and write nothing. `name` is what
 * the broker's monitoring shows.
 * @throws RF_CONFIG when the user's credentials cannot be read.
 */
export const loginAs = (
  { natsUrl, credentialsFolder, natsCa }: BrokerPlace,
  user: string,
  name: string,
): BrokerOptions => ({
  url: natsUrl.split(','),
  ca: natsCa,
  name,
  ...(credentialsFolder !== undefined && readCredentials(credentialsFolder, user)),
});
